import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeCgroups } from '../docker/cgroups.ts';
import { killDaemon, removeDaemonDir, stopDaemon } from '../docker/daemon.ts';
import type { Home } from '../docker/home.ts';
import { markTidy, removeAllButImages } from '../docker/tidy.ts';
import { LabError } from '../errors.ts';
import { isAlive } from '../system/process-identity.ts';
import { removeNetworks } from './network.ts';
import { type NodeRecord, readSwarmState } from './state.ts';

/** Ends a node that lives so that its images can be used again, else whatever is left of it. */
async function endNode(dir: string, record: NodeRecord | undefined, keepImages: boolean): Promise<number> {
  if (keepImages && record?.daemon !== undefined && (await isAlive(record.daemon))) {
    try {
      await removeAllButImages(record.dockerHost);
      const ended = await stopDaemon(dir);
      await markTidy(dir);
      return ended;
    } catch (error) {
      // A node that does not obey is killed, and loses its images: without the mark they are thrown away.
      if (!(error instanceof LabError)) throw error;
    }
  }
  return killDaemon(dir);
}

export interface TakenDown {
  /** Processes of engines that were ended. */
  readonly processes: number;
  readonly networks: number;
}

/**
 * Ends everything of a home's Swarm: engines with their containers, namespaces, interfaces, rules, cgroups.
 * Goes by what is there, not only by the state file, so that it also cleans up after a start that was
 * killed; may be called again and again.
 * @param keep `images`: engines that end in good order keep them for the next start; `nothing`: all data goes
 */
export async function takeDown(home: Home, keep: 'images' | 'nothing' = 'images'): Promise<TakenDown> {
  const state = await readSwarmState(home.swarmState);
  const dirs = (await readdir(home.swarmDir).catch(() => [])).map((name) => join(home.swarmDir, name));
  // Only a Swarm that was whole is worth a clean end; half a one is killed.
  const isWhole = keep === 'images' && state?.phase === 'up';
  const ended = await Promise.all(
    dirs.map((dir) => {
      const record = state?.nodes.find((node) => node.dir === dir);
      return endNode(dir, record, isWhole);
    }),
  );
  const networks = await removeNetworks(home.key);
  await removeCgroups(home.key);
  if (keep === 'nothing') await removeDaemonDir(home.swarmDir);
  await rm(home.swarmState, { force: true });
  return { processes: ended.reduce((sum, count) => sum + count, 0), networks };
}
