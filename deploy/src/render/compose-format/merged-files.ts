/** The files of a rendering read as one document. */
import type { VolumeLabels } from './body-schema.ts';
import { formatErrors } from './errors.ts';

type Named<T> = Readonly<Record<string, T>>;

interface Sections {
  readonly services: Named<unknown>;
  readonly networks?: Named<unknown>;
  readonly volumes?: Named<{ readonly labels: VolumeLabels }>;
  readonly secrets?: Named<unknown>;
  readonly configs?: Named<{ readonly file: string }>;
}

interface FileNames {
  readonly built: string;
  readonly planned: string;
  /** Files beside those that are not of this format. */
  readonly others: readonly string[];
}

/** @throws `not-understood` when a file is missing, unknown, or says again what the other has said */
export function readFiles<Document extends Sections>(
  files: ReadonlyMap<string, string>,
  names: FileNames,
  read: (path: string, text: string) => Document,
): { built: Document; planned: Document | undefined; texts: string[] } {
  const [first, second] = [files.get(names.built), files.get(names.planned)];
  if (first === undefined) throw formatErrors.notUnderstood(names.built, 'is missing');
  const built = read(names.built, first);
  const planned = second === undefined ? undefined : read(names.planned, second);
  const configs = Object.values({ ...built.configs, ...planned?.configs }).map(({ file }) =>
    file.replace(/^\.\//, ''),
  );
  const known = [names.built, names.planned, ...names.others, ...configs];
  for (const path of files.keys())
    if (!known.includes(path)) throw formatErrors.notUnderstood(path, 'is not a file of this rendering');
  for (const path of configs) if (!files.has(path)) throw formatErrors.notUnderstood(path, 'is missing');
  return { built, planned, texts: second === undefined ? [first] : [first, second] };
}

/** One section of both files. @throws when both define a name */
export function merged<T>(built: Named<T> = {}, planned: Named<T> = {}): Record<string, T> {
  const twice = Object.keys(planned).find((name) => Object.hasOwn(built, name));
  if (twice !== undefined) throw formatErrors.notUnderstood(twice, 'is in both files');
  return { ...built, ...planned };
}

/** A service is in the file its label names. */
export function requireStatus(
  where: string,
  label: 'built' | 'planned',
  inPlannedFile: boolean,
): 'built' | 'planned' {
  if ((label === 'planned') !== inPlannedFile)
    throw formatErrors.notUnderstood(where, `is ${label}, but in the file of what is not`);
  return label;
}
