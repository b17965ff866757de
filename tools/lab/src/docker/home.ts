import { join } from 'node:path';
import { LabError } from '../errors.ts';
import { buildKey } from '../paths.ts';

/** Longest path a Unix socket can have, in bytes without the closing zero; see unix(7). */
const LONGEST_SOCKET_PATH = 107;

/** The files of one engine or of one Swarm; a home holds at most one of each. */
export interface Home {
  readonly dir: string;
  /** Held by whoever brings up, uses up or takes down. */
  readonly lock: string;
  readonly engineDir: string;
  readonly engineState: string;
  readonly swarmDir: string;
  readonly swarmState: string;
  /** Held while nodes of the Swarm are changed. */
  readonly swarmLock: string;
  /** Eight hex digits that name this home in cgroups and hardware addresses. */
  readonly key: string;
}

/** @param dir absolute path; two paths to one folder would be two homes */
export function homeAt(dir: string): Home {
  return {
    dir,
    lock: join(dir, 'lock'),
    engineDir: join(dir, 'engine'),
    engineState: join(dir, 'engine.json'),
    swarmDir: join(dir, 'swarm'),
    swarmState: join(dir, 'swarm.json'),
    swarmLock: join(dir, 'swarm.lock'),
    key: buildKey(dir),
  };
}

/** The address clients reach the engine in `daemonDir` at. @throws LabError USAGE when the path is too long */
export function dockerHostOf(daemonDir: string): string {
  const path = join(daemonDir, 'docker.sock');
  if (Buffer.byteLength(path) > LONGEST_SOCKET_PATH)
    throw new LabError('USAGE', `${path} is too long for a Unix socket: choose a shorter folder`);
  return `unix://${path}`;
}
