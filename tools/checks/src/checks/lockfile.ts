import type { Check, Finding } from '../check.ts';

const file = 'package-lock.json';

interface Entry {
  resolved?: string;
  integrity?: string;
  link?: boolean;
  inBundle?: boolean;
  optional?: boolean;
  os?: string[];
  optionalDependencies?: Record<string, string>;
  extraneous?: boolean;
}

export const lockfile: Check = {
  name: 'lockfile',
  rule: 'the lock names no download host (any registry serves it), pins packages by hash, and is whole for npm ci',
  run: (workspace) => {
    const text = workspace.read(file);
    const { packages = {} } = JSON.parse(text) as { packages?: Record<string, Entry> };
    return Object.entries(packages).flatMap(([path, entry]) => [
      ...problems(text, path, entry),
      ...missing(packages, path, entry).map((name) => ({
        file,
        line: lineOf(text, path),
        reason: `${path} may need ${name}, which has no entry: npm ci refuses the lock (tools/ci/src/complete-lock.ts)`,
      })),
    ]);
  },
};

function problems(text: string, path: string, entry: Entry): Finding[] {
  if (!path.includes('node_modules/') || entry.link || entry.inBundle) return [];
  const reasons = [
    entry.resolved === undefined
      ? []
      : [`${path} is bound to ${hostOf(entry.resolved)}: npm install --omit-lockfile-registry-resolved`],
    entry.integrity?.startsWith('sha512-') || isForOtherSystems(entry)
      ? []
      : [`${path} has no sha512 integrity`],
    entry.extraneous ? [`${path} is extraneous`] : [],
  ];
  return reasons.flat().map((reason) => ({ file, line: lineOf(text, path), reason }));
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host || url : url);

const lineOf = (text: string, path: string): number =>
  text.slice(0, Math.max(0, text.indexOf(`"${path}"`))).split('\n').length;

/** A binary for some system. A registry that serves only some of them leaves the others without a hash. */
const isForOtherSystems = ({ optional, os }: Entry): boolean => optional === true && os !== undefined;

/** Optional dependencies without an entry where Node would look for them. */
function missing(packages: Readonly<Record<string, Entry>>, path: string, entry: Entry): string[] {
  const folders = path
    .split('/node_modules/')
    .map((_part, index, parts) => parts.slice(0, index + 1).join('/node_modules/'));
  const places = (name: string): string[] => [
    `node_modules/${name}`,
    ...folders.map((it) => `${it}/node_modules/${name}`),
  ];
  return Object.keys(entry.optionalDependencies ?? {}).filter(
    (name) => !places(name).some((place) => place in packages),
  );
}
