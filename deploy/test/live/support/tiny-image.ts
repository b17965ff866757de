/** Makes the image of the tiny service of `fixtures/`, in whatever engine answers. */
import { join } from 'node:path';
import { build } from 'esbuild';
import type { BuiltImage } from '../../../src/images/build-image.ts';
import { buildImages } from '../../../src/images/build-images.ts';
import { system } from '../../fixtures/system.ts';

const root = join(import.meta.dirname, '../../../..');
const app = 'deploy/test/fixtures/tiny';

/** Bundles it and builds its image: `ghcr.io/hamigames/lucid/tiny:latest`. */
export async function buildTinyImage(): Promise<BuiltImage | undefined> {
  await build({
    entryPoints: [join(root, app, 'src/main.ts')],
    outfile: join(root, app, 'dist/main.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  });
  const [image] = await buildImages({
    root,
    services: system.services,
    apps: [app],
    environment: process.env,
    cache: true,
    push: false,
    tell: () => {},
  });
  return image;
}

/** The nodes of a Swarm have been given it by whoever set LUCID_IMAGES_HOST; elsewhere it is made of what is written now. */
export async function provideTinyImage(): Promise<void> {
  if (!process.env.LUCID_IMAGES_HOST) await buildTinyImage();
}

if (import.meta.main) console.log((await buildTinyImage())?.latest);
