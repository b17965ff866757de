/**
 * A rendering is two files of one shape: what is built, and what is planned on top of it. Each defines what its services
 * use; the second leaves out what the first has.
 */
import type { Network, System } from '../../model/types.ts';
import type { ServiceUnit } from './service-units.ts';

export interface Part {
  readonly units: readonly ServiceUnit[];
  readonly networks: readonly Network[];
  readonly secrets: readonly string[];
}

/** Networks nobody is on are defined with what is built. */
export function partsOf(system: System, units: readonly ServiceUnit[]): { built: Part; planned: Part } {
  const { built = [], planned = [] } = Object.groupBy(units, ({ lowered }) => lowered.service.status);
  const onlyPlanned = ({ name }: Network) => isOn(planned, name) && !isOn(built, name);
  const first = secretsOf(built);
  return {
    built: {
      units: built,
      networks: system.networks.filter((network) => !onlyPlanned(network)),
      secrets: first,
    },
    planned: {
      units: planned,
      networks: system.networks.filter(onlyPlanned),
      secrets: secretsOf(planned).filter((name) => !first.includes(name)),
    },
  };
}

/** The definitions of `those` without what `these` have. */
export function without<T>(
  those: Readonly<Record<string, T>>,
  these: Readonly<Record<string, T>>,
): Record<string, T> {
  return Object.fromEntries(Object.entries(those).filter(([name]) => !Object.hasOwn(these, name)));
}

/** A section of a file, or nothing when it would be empty. */
export function section<const Key extends string, T extends object>(
  key: Key,
  content: T,
): { readonly [K in Key]?: T } {
  return Object.keys(content).length === 0 ? {} : ({ [key]: content } as { readonly [K in Key]: T });
}

const isOn = (units: readonly ServiceUnit[], network: string): boolean =>
  units.some(({ lowered }) => lowered.service.networks.includes(network));

function secretsOf(units: readonly ServiceUnit[]): string[] {
  return [...new Set(units.flatMap(({ lowered }) => lowered.secrets))].sort();
}
