import { mkdir, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { LabError } from '../errors.ts';
import { homeCgroup, removeCgroups } from './cgroups.ts';
import { engineVersion } from './client.ts';
import { killDaemon, removeDaemonDir, startDaemon, stopDaemon, untilAnswers } from './daemon.ts';
import { type Daemon, ENGINE_RANGES } from './daemon-config.ts';
import { engineCondition, readEngineState, writeEngineState } from './engine-state.ts';
import type { FoundEngine } from './find-engine.ts';
import { dockerHostOf, type Home } from './home.ts';
import { networkBefore, undoNetwork } from './network-traces.ts';
import { removeAllButImages } from './tidy.ts';

const daemonOf = (home: Home): Daemon => ({
  dir: home.engineDir,
  hostName: 'lucid-lab',
  cgroup: `${homeCgroup(home.key)}/engine`,
  ranges: ENGINE_RANGES,
});

/** The pid of a dockerd in our network. Two there would delete each other's rules. */
async function otherDockerd(): Promise<number | undefined> {
  const own = await readlink('/proc/self/ns/net');
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => ''); // it has ended
    if (name.trim() !== 'dockerd') continue;
    if ((await readlink(`/proc/${pid}/ns/net`).catch(() => '')) === own) return Number(pid);
  }
  return undefined;
}

/**
 * Starts the lab's own engine in the machine's network, in a home that the caller has locked. What a killed
 * one has left is ended first; its data stays. @throws LabError START_FAILED, ABORTED
 */
export async function startEngine(
  home: Home,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<FoundEngine> {
  const daemon = daemonOf(home);
  await endEngine(home, 'everything');
  const other = await otherDockerd();
  if (other !== undefined)
    throw new LabError(
      'START_FAILED',
      `a dockerd runs already (process ${other}) and does not answer: set DOCKER_HOST to its address`,
    );
  await mkdir(home.dir, { recursive: true, mode: 0o700 });
  const before = await networkBefore();
  await writeEngineState(home.engineState, { version: 1, before });
  try {
    const service = await startDaemon(daemon, env);
    await writeEngineState(home.engineState, { version: 1, before, daemon: service });
    await untilAnswers(daemon, service, signal);
  } catch (error) {
    await endEngine(home, 'everything');
    throw error;
  }
  const dockerHost = dockerHostOf(home.engineDir);
  return { dockerHost, version: (await engineVersion(dockerHost)) ?? '?', whose: 'lab' };
}

/**
 * Ends the lab's own engine and puts the machine's network back; does nothing when there is none.
 * @param keep what stays on disk: `images` without containers, volumes and networks; `everything`; `nothing`
 * @returns how many processes of the engine were ended
 */
export async function endEngine(home: Home, keep: 'everything' | 'images' | 'nothing'): Promise<number> {
  const state = await readEngineState(home.engineState);
  const isUp = (await engineCondition(state)) === 'up';
  if (isUp && keep === 'images') await removeAllButImages(dockerHostOf(home.engineDir));
  const ended =
    isUp && keep !== 'nothing' ? await stopDaemon(home.engineDir) : await killDaemon(home.engineDir);
  // Somebody has started another since: the rules are its own now.
  const isAlone = (await otherDockerd()) === undefined;
  if (state !== undefined && isAlone) await undoNetwork(state.before);
  await removeCgroups(home.key);
  if (keep === 'nothing') await removeDaemonDir(home.engineDir);
  await rm(home.engineState, { force: true });
  return ended;
}
