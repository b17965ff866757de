import { rm } from 'node:fs/promises';
import { exists } from '../debian/root-folder.ts';
import { takeDown } from '../swarm/take-down.ts';
import { acquireLock, type Lock } from '../system/lock.ts';
import { endEngine } from './engine.ts';
import type { Home } from './home.ts';
import { allHomes, defaultHome, isAbandoned } from './homes.ts';

/** The lock of a home: whoever brings up, uses up or takes down holds it. */
export async function lockHome(home: Home, signal: AbortSignal): Promise<Lock> {
  return acquireLock(home.lock, {
    timeoutMs: 15 * 60_000,
    signal,
    onWait: (pid) => process.stderr.write(`waiting for lab process ${pid}\n`),
  });
}

export interface Ended {
  readonly processes: number;
  readonly networks: number;
}

/** Ends engine and Swarm of a home that the caller has locked. */
export async function endHome(home: Home, keep: 'images' | 'nothing'): Promise<Ended> {
  const engine = await endEngine(home, keep);
  const swarm = await takeDown(home, keep);
  return { processes: engine + swarm.processes, networks: swarm.networks };
}

/** Removes a home with everything in it; nothing of it runs. */
export async function removeHome(home: Home): Promise<void> {
  await endHome(home, 'nothing');
  await rm(home.dir, { recursive: true, force: true });
}

/** Ends what killed runs and tests have left, wherever their folders are. */
export async function endAbandoned(cache: string, signal: AbortSignal): Promise<Ended> {
  let processes = 0;
  let networks = 0;
  for (const home of (await allHomes(cache)).slice(1)) {
    if (!(await isAbandoned(home))) continue;
    const isThrowAway = home.dir.startsWith(`${defaultHome(cache).dir}/`) || !(await exists(home.dir));
    await using _lock = await lockHome(home, signal);
    const ended = await endHome(home, 'nothing');
    processes += ended.processes;
    networks += ended.networks;
    if (isThrowAway) await rm(home.dir, { recursive: true, force: true });
  }
  return { processes, networks };
}
