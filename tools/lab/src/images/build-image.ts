import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../data/lab.ts';
import { LabError } from '../errors.ts';
import type { BuildOptions } from '../system/build.ts';
import { writeArchive } from './archive.ts';
import { debian12, type ImageDefinition, referenceOf } from './definition.ts';
import { packagePool } from './pool.ts';
import { assemble } from './stage.ts';

export const imagesDir = (lab: Lab): string => join(lab.cache, 'images');

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

/** What a killed build has left; called under the lock that every build holds. */
async function removeLeftovers(dir: string): Promise<void> {
  for (const name of await readdir(dir))
    if (name.startsWith('work-')) await rm(join(dir, name), { recursive: true, force: true });
}

/**
 * Builds an image into an archive in the cache, under a lock that the caller holds.
 * @throws LabError CANNOT_RUN with the reason when this machine cannot build it
 */
export async function buildArchive(
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
  await removeLeftovers(dir);
  const temporary = await mkdtemp(join(dir, 'work-'));
  try {
    const stage = join(temporary, 'root');
    await assemble({ image, shell, pool, stage, work: join(temporary, 'step'), lab, log, note });
    await writeArchive(image, key, stage, join(temporary, 'archive'), archive, options);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
