import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomically } from '../engines/process/write-file.ts';
import type { BuiltImage } from './build-image.ts';

/** What `dist/image.json` of an app says. Only the engine knows whether the image is still there. */
export interface ImageManifest {
  readonly reference: string;
  readonly imageId: string;
  readonly sizeBytes: number;
  /** Digests of the layers' uncompressed content, lowest first. */
  readonly layers: readonly string[];
  readonly base: string;
}

export function imageManifest({ reference, image, base }: BuiltImage): ImageManifest {
  const { id, sizeBytes, layers } = image;
  return { reference, imageId: id, sizeBytes, layers, base: base.reference };
}

export function writeImageManifest(root: string, built: BuiltImage): void {
  const file = join(root, built.app, 'dist/image.json');
  mkdirSync(dirname(file), { recursive: true });
  writeFileAtomically(file, `${JSON.stringify(imageManifest(built), null, 2)}\n`, 0o644);
}
