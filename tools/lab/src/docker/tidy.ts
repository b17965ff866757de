import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '../debian/root-folder.ts';
import { docker, dockerIds } from './client.ts';
import { removeDaemonDir } from './daemon.ts';

/** In an engine's folder when nothing but images is in its data root. */
export const tidyMark = (daemonDir: string): string => join(daemonDir, 'tidy');

/** Removes everything but named images: Swarm membership, containers, volumes, networks. */
export async function removeAllButImages(dockerHost: string): Promise<void> {
  const state = await docker(dockerHost, ['info', '--format', '{{.Swarm.LocalNodeState}}']);
  if (state.trim() !== 'inactive') await docker(dockerHost, ['swarm', 'leave', '--force']);
  const containers = await dockerIds(dockerHost, ['ps', '--all', '--quiet']);
  if (containers.length > 0) await docker(dockerHost, ['rm', '--force', '--volumes', ...containers]);
  const volumes = await dockerIds(dockerHost, ['volume', 'ls', '--quiet']);
  if (volumes.length > 0) await docker(dockerHost, ['volume', 'rm', '--force', ...volumes]);
  await docker(dockerHost, ['network', 'prune', '--force']);
  await docker(dockerHost, ['image', 'prune', '--force']); // those that a newer build has taken the name of
}

export async function markTidy(daemonDir: string): Promise<void> {
  await writeFile(tidyMark(daemonDir), '');
}

/** Removes the folder of an engine that was not taken down in good order: nobody knows what is in it. */
export async function removeUnlessTidy(daemonDir: string): Promise<void> {
  if (!(await exists(tidyMark(daemonDir)))) await removeDaemonDir(daemonDir);
}
