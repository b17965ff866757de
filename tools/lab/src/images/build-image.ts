import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../data/lab.ts';
import { exists } from '../debian/root-folder.ts';
import { LabError } from '../errors.ts';
import type { BuildOptions } from '../system/build.ts';
import { acquireLock } from '../system/lock.ts';
import { writeArchive } from './archive.ts';
import { contentKey } from './content-key.ts';
import { debian12, type ImageDefinition, referenceOf } from './definition.ts';
import { loadArchive, loadedImage } from './engine.ts';
import { packagePool } from './pool.ts';
import { assemble } from './stage.ts';

export const imagesDir = (lab: Lab): string => join(lab.cache, 'images');

const BUILD_LOCK_TIMEOUT_MS = 60 * 60_000;

/** Every image has it: the official ones have a shell too, and probes are written for it. */
const SHELL = debian12('busybox-static');

async function poolOf(
  source: ImageDefinition['source'],
  lab: Lab,
  options: BuildOptions,
  note: (line: string) => void,
): Promise<string> {
  if ('folder' in source) return source.folder(lab, note);
  if (source.packages.length > 0) note(`Debian ${source.suite}: ${source.packages.join(' ')}`);
  return packagePool(imagesDir(lab), source, options);
}

async function buildArchive(
  image: ImageDefinition,
  key: string,
  archive: string,
  lab: Lab,
  note: (line: string) => void,
): Promise<void> {
  const reason = await image.whyNot?.(lab);
  if (reason !== undefined) throw new LabError('CANNOT_RUN', `${referenceOf(image)}: ${reason}`);
  const dir = imagesDir(lab);
  const log = join(lab.cache, 'logs', `image-${image.name}.log`);
  const options: BuildOptions = { log, signal: lab.signal };
  const shell = await packagePool(dir, SHELL, options);
  const pool = await poolOf(image.source, lab, options, note);
  const temporary = await mkdtemp(join(dir, 'work-'));
  try {
    const stage = join(temporary, 'root');
    await assemble({ image, shell, pool, stage, work: join(temporary, 'step'), lab, log, note });
    await writeArchive(image, key, stage, join(temporary, 'archive'), archive, options);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Archives of the same image that were built from something else. */
async function removeOlder(archives: string, image: ImageDefinition, keep: string): Promise<void> {
  const mine = new RegExp(`^${image.name}-[0-9a-f]{8}\\.tar$`);
  for (const name of await readdir(archives))
    if (mine.test(name) && join(archives, name) !== keep) await rm(join(archives, name));
}

export type Outcome = 'there' | 'loaded' | 'built';

/**
 * Sees to it that the engine has the image as it is defined now: does nothing when it does, loads the cached
 * archive when there is one (another engine, a pruned one), and builds it else.
 */
export async function provideImage(
  image: ImageDefinition,
  lab: Lab,
  note: (line: string) => void,
): Promise<Outcome> {
  const key = await contentKey(image, lab);
  if ((await loadedImage(referenceOf(image)))?.key === key) return 'there';
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
  return cached ? 'loaded' : 'built';
}
