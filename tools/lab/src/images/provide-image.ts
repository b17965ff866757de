import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../data/lab.ts';
import { exists } from '../debian/root-folder.ts';
import { acquireLock } from '../system/lock.ts';
import { buildArchive, imagesDir } from './build-image.ts';
import { contentKey } from './content-key.ts';
import { type ImageDefinition, referenceOf } from './definition.ts';
import { loadArchive, loadedImage, removeImage } from './engine.ts';

const BUILD_LOCK_TIMEOUT_MS = 60 * 60_000;

/** Archives of the same image that were built from something else. */
async function removeOlder(archives: string, image: ImageDefinition, keep: string): Promise<void> {
  const mine = new RegExp(`^${image.name}-[0-9a-f]{8}\\.tar$`);
  for (const name of await readdir(archives))
    if (mine.test(name) && join(archives, name) !== keep) await rm(join(archives, name));
}

export type Outcome = 'there' | 'loaded' | 'built';

/**
 * Sees to it that the engine has the image as it is defined now: does nothing when it does, loads the cached
 * archive when there is one (another engine, a pruned one), and builds it else. The image that had the name
 * before is removed from the engine, unless a container uses it.
 */
export async function provideImage(
  image: ImageDefinition,
  lab: Lab,
  note: (line: string) => void,
): Promise<Outcome> {
  const key = await contentKey(image, lab);
  const before = await loadedImage(referenceOf(image));
  if (before?.key === key) return 'there';
  const archives = join(imagesDir(lab), 'archives');
  const archive = join(archives, `${image.name}-${key}.tar`);
  await mkdir(archives, { recursive: true });
  await using _lock = await acquireLock(join(imagesDir(lab), 'lock'), {
    timeoutMs: BUILD_LOCK_TIMEOUT_MS,
    signal: lab.signal,
    onWait: (pid) => note(`waiting for the build of process ${pid}`),
  });
  const cached = await exists(archive);
  if (!cached) await buildArchive(image, key, archive, lab, note);
  await loadArchive(archive, { log: join(lab.cache, 'logs', `image-${image.name}.log`), signal: lab.signal });
  await removeOlder(archives, image, archive);
  const after = await loadedImage(referenceOf(image));
  if (before !== undefined && before.id !== after?.id) {
    const reason = await removeImage(before.id);
    if (reason !== undefined) note(`the former image stays: ${reason}`);
  }
  return cached ? 'loaded' : 'built';
}
