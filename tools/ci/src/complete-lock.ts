/**
 * Adds to package-lock.json the platform packages that `npm install` left out because the registry it asked does not
 * serve them: `npx node tools/ci/src/complete-lock.ts`. Without an entry for each, `npm ci` refuses the lock everywhere.
 * Such an entry has a version and no hash; installing on its platform fetches it from a registry that has it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from './workspace.ts';

export interface LockEntry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

export type LockPackages = Record<string, LockEntry>;

const systems = /\b(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)\b/;
const processors = /\b(arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|x64)\b/;

/** The packages with an entry for every optional dependency whose name tells its platform. Others stay missing. */
export function completePackages(packages: LockPackages): LockPackages {
  const added = Object.entries(packages).flatMap(([path, entry]) =>
    Object.entries(entry.optionalDependencies ?? {}).flatMap(([name, version]) => {
      const isKnown = `node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages;
      const platform = isKnown ? undefined : platformOf(name);
      if (platform === undefined) return [];
      const { cpu, libc, os } = platform;
      const dev = entry.dev ? { dev: true } : {};
      // Fields in npm's order, so that its next write changes nothing.
      return [
        [
          `node_modules/${name}`,
          { version, cpu, ...dev, ...(libc ? { libc } : {}), optional: true, os },
        ] as const,
      ];
    }),
  );
  const byPath = ([one]: readonly [string, LockEntry], [other]: readonly [string, LockEntry]): number =>
    one < other ? -1 : 1;
  return Object.fromEntries([...Object.entries(packages), ...added].sort(byPath));
}

function platformOf(name: string): { os: string[]; cpu: string[]; libc?: string[] } | undefined {
  const system = systems.exec(name)?.[1];
  const processor = processors.exec(name)?.[1];
  if (system === undefined || processor === undefined) return undefined;
  return { cpu: [processor], ...(name.includes('musl') ? { libc: ['musl'] } : {}), os: [system] };
}

if (import.meta.main) {
  const file = join(workspaceRoot, 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: LockPackages };
  const packages = completePackages(lock.packages);
  writeFileSync(file, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`);
  console.log(`${Object.keys(packages).length - Object.keys(lock.packages).length} entries added`);
}
