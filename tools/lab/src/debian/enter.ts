import { SOURCES } from '../paths.ts';

/** Where PostgreSQL's programs are inside the root folder. */
const PATH = '/usr/lib/postgresql/18/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const CLEAN_ENV = ['env', '-i', `PATH=${PATH}`, 'LC_ALL=C.UTF-8', 'TZ=UTC', 'HOME=/tmp'];

/** A command line as execa takes it. */
export interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
}

/**
 * Runs a command as root in the root folder, to build it. The command is process 1 of its own process
 * namespace: killing `unshare` (only SIGKILL reaches it) ends everything the command has started.
 * @param passEnv variables of the caller that the command may see (a proxy's address)
 */
export function enterToBuild(rootDir: string, passEnv: NodeJS.ProcessEnv, command: string[]): CommandLine {
  const proxies = Object.entries(passEnv)
    .filter(([name]) => /^(https?|no)_proxy$/i.test(name))
    .map(([name, value]) => `${name}=${value}`);
  const namespaces = ['--mount', '--ipc', '--pid', '--fork', '--kill-child'];
  const enter = ['sh', SOURCES.enter, 'build', rootDir, '-', '-'];
  return { file: 'unshare', args: [...namespaces, ...enter, ...CLEAN_ENV, ...proxies, ...command] };
}

export interface ServicePlace {
  readonly rootDir: string;
  /** Folder of the instance that appears as /instance. */
  readonly storeDir: string;
  /** Folder with our own binaries that appears as /opt/lab, read-only. */
  readonly binDir: string;
}

/** Runs a command as the postgres user in the root folder. Every step is an exec: the pid stays the same. */
export function enterAsPostgres(place: ServicePlace, env: string[], command: string[]): CommandLine {
  const enter = ['sh', SOURCES.enter, 'service', place.rootDir, place.storeDir, place.binDir];
  return { file: 'unshare', args: ['--mount', '--ipc', ...enter, ...CLEAN_ENV, ...env, ...command] };
}
