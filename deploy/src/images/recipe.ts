/** Everything that decides what the image of one app becomes, read from the workspace; nothing of it asks the engine. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Service } from '../model/types.ts';
import { appLayer } from './app-layer.ts';
import { imageErrors } from './image-errors.ts';
import { type ImageSubject, imageSubject } from './subject.ts';
import { byteLength, writeTar } from './tar.ts';

export interface Recipe {
  readonly subject: ImageSubject;
  readonly dockerfile: string;
  /** The layer, as an archive. */
  readonly layer: readonly Uint8Array[];
  readonly layerBytes: number;
  readonly version: string;
  /** Where the code is kept. */
  readonly source: string;
}

const SOURCE = 'https://github.com/hamigames/lucid';

/** @throws `no-bundle` when the app has not been built */
export function readRecipe(root: string, drawn: readonly Service[], app: string, version: string): Recipe {
  const subject = imageSubject(drawn, app);
  const bundle = join(root, app, 'dist/main.js');
  if (!existsSync(bundle)) throw imageErrors.noBundle(app);
  const layer = writeTar(
    appLayer(subject, {
      bundle: readFileSync(bundle),
      launcher: readLauncher(join(root, 'deploy/images/app')),
    }),
  );
  return {
    subject,
    dockerfile: readFileSync(join(root, 'deploy/images/Dockerfile'), 'utf8'),
    layer,
    layerBytes: byteLength(layer),
    version,
    source: SOURCE,
  };
}

/** The files of `deploy/images/app` by name. Declarations are for our tests, not for the image. */
export function readLauncher(folder: string): Record<string, Uint8Array> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.mjs'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));
}
