/** Puts replicas that are written apart together again: the service of the model they are. */
import type { PublishedPort } from '../../model/types.ts';
import type { CanonicalService } from '../canonical.ts';
import { canonicalPublished } from '../canonical-of.ts';
import { formatErrors } from './errors.ts';
import { joinedRanges } from './published-ports.ts';

export interface ReadUnit {
  /** Name in the file; `service.name` is the one of the model. */
  readonly unit: string;
  readonly published: readonly PublishedPort[];
  readonly service: Omit<CanonicalService, 'publishedPorts' | 'scale'>;
}

/** @throws `not-understood` when replicas differ in more than their volumes, ports and names */
export function collapsed(units: readonly ReadUnit[]): CanonicalService[] {
  const groups = Map.groupBy(units, ({ service }) => service.name);
  return [...groups.values()].map(oneService).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function oneService(units: readonly ReadUnit[]): CanonicalService {
  const [first, ...others] = units.map(asReplica);
  if (!first) throw formatErrors.notUnderstood('services', 'a service without replicas');
  for (const other of others) requireSame(first, other);
  requireNumbered(units);
  const replicas = units.reduce((sum, { service }) => sum + service.replicas, 0);
  return {
    ...first.service,
    replicas,
    scale: { min: replicas, max: replicas }, // nobody changes it
    publishedPorts: joinedRanges(units.flatMap(({ published }) => published))
      .map(canonicalPublished)
      .sort(),
  };
}

/** Without the alias by which all replicas are found. */
function asReplica(read: ReadUnit): ReadUnit {
  const { unit, service } = read;
  if (unit === service.name) return read;
  const aliases = service.aliases.filter((alias) => alias !== service.name);
  if (aliases.length === service.aliases.length)
    throw formatErrors.notUnderstood(unit, `is not found as ${service.name}`);
  return { ...read, service: { ...service, aliases } };
}

function requireSame(one: ReadUnit, other: ReadUnit): void {
  const differing = Object.keys(one.service).find((field) => textOf(one, field) !== textOf(other, field));
  if (differing !== undefined)
    throw formatErrors.notUnderstood(other.unit, `has other ${differing} than ${one.unit}`);
}

const textOf = ({ service }: ReadUnit, field: string): string =>
  JSON.stringify(Object.entries(service).filter(([name]) => name === field));

function requireNumbered(units: readonly ReadUnit[]): void {
  for (const [at, { unit, service }] of units.entries()) {
    const expected = unit === service.name && units.length === 1 ? unit : `${service.name}-${at + 1}`;
    if (unit !== expected) throw formatErrors.notUnderstood(unit, `expected ${expected}`);
  }
}
