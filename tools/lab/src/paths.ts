import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

const LAB_DIR = resolve(import.meta.dirname, '..');

/** Files of the repository that the lab is built from. */
export const SOURCES = {
  packages: join(LAB_DIR, 'documentdb/packages.txt'),
  enter: join(LAB_DIR, 'documentdb/enter.sh'),
  postgresqlConf: join(LAB_DIR, 'documentdb/postgresql.conf'),
  pgHba: join(LAB_DIR, 'documentdb/pg_hba.conf'),
  pgIdent: join(LAB_DIR, 'documentdb/pg_ident.conf'),
  enterEngine: join(LAB_DIR, 'docker/enter.sh'),
  goModule: join(LAB_DIR, 'ferretdb'),
} as const;

/** Where everything built goes: `$XDG_CACHE_HOME/lucid-lab`, else `~/.cache/lucid-lab`. */
export function cacheDir(env: NodeJS.ProcessEnv): string {
  const base = env.XDG_CACHE_HOME;
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : resolve(base), 'lucid-lab');
}

/** Eight hex digits that change whenever one of the inputs does: names what was built from them. */
export function buildKey(...inputs: string[]): string {
  return createHash('sha256').update(inputs.join('\0')).digest('hex').slice(0, 8);
}

export interface InstancePaths {
  readonly dir: string;
  readonly state: string;
  readonly lock: string;
  readonly password: string;
  readonly logs: string;
  /** Owned by the postgres user, seen as /instance inside the root folder. */
  readonly store: string;
}

/** The files of one instance (one PostgreSQL and one FerretDB). */
export function instancePaths(dir: string, logs = join(dir, 'logs')): InstancePaths {
  return {
    dir,
    state: join(dir, 'state.json'),
    lock: join(dir, 'lock'),
    password: join(dir, 'password'),
    logs,
    store: join(dir, 'store'),
  };
}
