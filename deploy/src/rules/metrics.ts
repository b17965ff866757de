import { findStore } from '../model/edges.ts';
import type { Service, System } from '../model/types.ts';
import { foreignProgram } from './facts/image-name.ts';
import type { Rule } from './rule.ts';

/** Other people's software that answers in Prometheus' format by itself. Databases do not: they have exporters. */
const SPEAKERS = new Set(['prometheus', 'alertmanager', 'grafana', 'haproxy', 'traefik', 'consul', 'envoy']);

const speaks = (program: string) => SPEAKERS.has(program) || isExporter(program);
const isExporter = (program: string | undefined) => program?.endsWith('exporter') === true;

export const metrics: Rule = {
  name: 'metrics',
  because: 'Prometheus understands one language; a store speaks its own, so an exporter stands beside it',
  check: (system) => {
    const watched = system.services.some((service) => foreignProgram(service) === 'prometheus');
    return [
      ...system.services.flatMap(speechless),
      ...(watched ? system.services.filter(isStoreServer).flatMap((store) => unseen(system, store)) : []),
    ];
  },
};

function speechless(service: Service): string[] {
  const { name, metrics: at, port, extraPorts } = service;
  if (!at) return [];
  const program = foreignProgram(service);
  const ports = [port, ...extraPorts.map((extra) => extra.port)];
  return [
    ...(program !== undefined && !speaks(program)
      ? [`${name} is asked for metrics, but ${program} has none: an exporter does`]
      : []),
    ...(ports.includes(at.port)
      ? []
      : [`${name} is asked for metrics on port ${at.port}, which it does not have`]),
  ];
}

const isStoreServer = ({ kind, image, status, plane }: Service) =>
  kind === 'store' && !image.ours && status === 'built' && plane !== 'wallet';

/** One exporter for a whole replica set is enough: it is told all members. */
function unseen(system: System, store: Service): string[] {
  const seen = system.services.some(
    (other) =>
      other.metrics !== undefined &&
      other.kind !== 'store' &&
      !other.image.ours &&
      isExporter(foreignProgram(other)) &&
      (other.reaches.includes(store.name) ||
        other.uses.some((use) => findStore(system, use.store)?.members.includes(store.name))),
  );
  return seen ? [] : [`${store.name} has no exporter`];
}
