/**
 * A rendering is two files of one shape: what is built, and what is planned on top of it. Each defines what its services
 * use; the second leaves out what the first has.
 */
import type { Network, System } from '../../model/types.ts';
import { writeDocument } from './document.ts';
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

interface PartNames {
  readonly built: string;
  readonly planned: string;
}

/**
 * The file of what is built, and that of what is planned on top of it where there is any.
 * @param documentOf what a part says, without what the document `before` it has
 * @param header lines at the top: what is in the file, and which files are given to the target with it
 */
export function partFiles<Document extends object>(
  { built, planned }: { readonly built: Part; readonly planned: Part },
  names: PartNames,
  documentOf: (part: Part, before?: Document) => Document,
  header: (what: string, files: readonly string[]) => readonly string[],
): [path: string, text: string][] {
  const first = documentOf(built);
  const written: [string, string] = [
    names.built,
    writeDocument(header('what is built', [names.built]), first),
  ];
  if (planned.units.length === 0) return [written];
  const head = header('what is planned', [names.built, names.planned]);
  return [written, [names.planned, writeDocument(head, documentOf(planned, first))]];
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
