/** The part of Compose file format 3.8 that `docker stack deploy` obeys and that is used, and nothing else. */
import { type Static, Type } from 'typebox';
import {
  bodyProperties,
  Exactly,
  Ipam,
  Labels,
  Resources,
  VolumeLabels,
} from '../compose-format/body-schema.ts';

const Literal = <const Value extends string | number | boolean>(value: Value) => Type.Literal(value);

const Port = Exactly({
  target: Type.Integer(),
  published: Type.Integer(),
  protocol: Type.Union([Literal('tcp'), Literal('udp')]),
  mode: Literal('host'),
});
export type SwarmPort = Static<typeof Port>;

const Replacement = Exactly({
  parallelism: Type.Integer(),
  delay: Type.String(),
  monitor: Type.String(),
  failure_action: Type.Union([Literal('rollback'), Literal('pause')]),
  order: Type.Union([Literal('start-first'), Literal('stop-first')]),
});
export type Replacement = Static<typeof Replacement>;

const Restart = Exactly({
  condition: Type.Union([Literal('any'), Literal('on-failure')]),
  delay: Type.String(),
  max_attempts: Type.Optional(Type.Integer()),
});

const Placement = Exactly({
  constraints: Type.Optional(Type.Array(Literal('node.labels.lucid.data == true'))),
  max_replicas_per_node: Type.Optional(Literal(1)),
});
export type Placement = Static<typeof Placement>;

/** `expose` says nothing to Swarm, which answers that it is unnecessary. */
const SwarmLabels = Exactly({ ...Labels.properties, 'lucid.ports': Type.String() });

const Deploy = Exactly({
  mode: Literal('replicated'),
  replicas: Type.Integer(),
  endpoint_mode: Literal('dnsrr'),
  placement: Type.Optional(Placement),
  resources: Resources,
  update_config: Replacement,
  rollback_config: Replacement,
  restart_policy: Restart,
  labels: SwarmLabels,
});
export type Deploy = Static<typeof Deploy>;

const SwarmService = Exactly({ ...bodyProperties, ports: Type.Optional(Type.Array(Port)), deploy: Deploy });
export type SwarmService = Static<typeof SwarmService>;

const SwarmNetwork = Exactly({
  driver: Literal('overlay'),
  attachable: Type.Optional(Literal(true)),
  internal: Type.Optional(Literal(true)),
  ipam: Ipam,
});
export type SwarmNetwork = Static<typeof SwarmNetwork>;

const Named = <Entry extends Parameters<typeof Type.Record>[1]>(entry: Entry) =>
  Type.Optional(Type.Record(Type.String(), entry));

export const SwarmDocument = Exactly({
  version: Literal('3.8'),
  services: Type.Record(Type.String(), SwarmService),
  networks: Named(SwarmNetwork),
  volumes: Named(Exactly({ name: Type.Optional(Type.String()), labels: VolumeLabels })),
  secrets: Named(Exactly({ external: Literal(true), name: Type.String() })),
  configs: Named(Exactly({ name: Type.String(), file: Type.String() })),
});
export type SwarmDocument = Static<typeof SwarmDocument>;
