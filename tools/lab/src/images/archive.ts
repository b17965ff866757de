import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type BuildOptions, build } from '../system/build.ts';
import { imageConfiguration } from './configuration.ts';
import { type ImageDefinition, referenceOf } from './definition.ts';

/** One order, one time, numbers for owners: the same files give the same bytes. */
const SAME = ['--sort=name', '--mtime=@0', '--numeric-owner', '--format=gnu'];

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Writes the layer: everything is root's but the owned folders, whoever builds it. */
async function writeLayer(image: ImageDefinition, stage: string, layer: string, options: BuildOptions) {
  const owned = image.owned ?? [];
  const exclude = owned.map(({ path }) => `--exclude=.${path}`);
  const common = ['-C', stage, ...SAME];
  const rest = ['--anchored', '--no-wildcards', ...exclude, '--owner=0', '--group=0', '.'];
  await build({ file: 'tar', args: ['-cf', layer, ...common, ...rest] }, options);
  for (const { path, uid, gid } of owned) {
    const args = ['-rf', layer, ...common, `--owner=:${uid}`, `--group=:${gid}`, `.${path}`];
    await build({ file: 'tar', args }, options);
  }
}

/**
 * Packs a root folder as an image archive of one layer, the format of `docker save`. No builder is needed for
 * it, and the same archive loads into any engine (`docker load`, `ctr images import`).
 */
export async function writeArchive(
  image: ImageDefinition,
  key: string,
  stage: string,
  work: string,
  archive: string,
  options: BuildOptions,
): Promise<void> {
  await mkdir(work, { recursive: true });
  await writeLayer(image, stage, join(work, 'layer.tar'), options);
  const configuration = imageConfiguration(image, key, `sha256:${await sha256(join(work, 'layer.tar'))}`);
  const name = `${createHash('sha256').update(configuration).digest('hex')}.json`;
  await writeFile(join(work, name), configuration);
  const manifest = [{ Config: name, RepoTags: [referenceOf(image)], Layers: ['layer.tar'] }];
  await writeFile(join(work, 'manifest.json'), JSON.stringify(manifest));
  const args = [
    '-cf',
    `${archive}.part`,
    '-C',
    work,
    ...SAME,
    '--owner=0',
    '--group=0',
    'manifest.json',
    name,
    'layer.tar',
  ];
  await build({ file: 'tar', args }, options);
  await rename(`${archive}.part`, archive);
  await rm(join(work, 'layer.tar'));
}
