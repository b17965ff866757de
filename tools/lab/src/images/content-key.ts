import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Lab } from '../data/lab.ts';
import { buildKey } from '../paths.ts';
import type { ImageDefinition } from './definition.ts';

/** Raise it when the builder itself makes other images out of the same definitions. */
const BUILDER_VERSION = '3';

/** The folder with the definition's own files. */
export const definitionDir = (name: string): string => resolve(import.meta.dirname, '../../images', name);

async function filesOf(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.sort().map(async (path) => `${path.slice(dir.length)}\0${await readFile(path, 'utf8')}`),
  );
}

/**
 * Changes whenever the image would: with the definition, the files beside it and what its step is built from.
 * Not with a newer package on the mirror: an image that is built stays until something of ours changes.
 */
export async function contentKey(image: ImageDefinition, lab: Lab): Promise<string> {
  const files = await filesOf(definitionDir(image.name));
  const inputs = (await image.inputs?.(lab)) ?? [];
  return buildKey(BUILDER_VERSION, JSON.stringify(image), ...files, ...inputs);
}
