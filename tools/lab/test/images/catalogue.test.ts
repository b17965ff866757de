import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { redis } from '../../images/redis/image.ts';
import type { Lab } from '../../src/data/lab.ts';
import { IMAGES, imagesNamed } from '../../src/images/catalogue.ts';
import { contentKey, definitionDir } from '../../src/images/content-key.ts';
import { referenceOf } from '../../src/images/definition.ts';

const LAB: Lab = {
  cache: '/nowhere',
  env: {},
  signal: new AbortController().signal,
  progress: async () => undefined,
};

describe('the catalogue of images', () => {
  it('has every name, reference and variable once', () => {
    for (const of of ['name', 'variable'] as const) {
      const values = IMAGES.map((image) => image[of]).filter((value) => value !== undefined);
      expect(new Set(values).size, of).toBe(values.length);
    }
    expect(imagesNamed(['redis', 'mongo']).map(referenceOf)).toEqual([
      'lucid-lab/redis:7',
      'lucid-lab/mongo:ferretdb',
    ]);
  });

  it('refuses a name that it does not have, and says which it has', () => {
    expect(() => imagesNamed(['redis', 'rediss'])).toThrow(/no image rediss; there are busybox, redis/);
  });

  it.each(IMAGES)('$name: has the files it names, and its entry point is a valid script', async (image) => {
    for (const { from } of image.files ?? []) {
      if (from === undefined) continue;
      const path = join(definitionDir(image.name), from);
      await access(path);
      if (from.endsWith('.sh')) await execa('sh', ['-n', path]);
    }
  });

  it.each(IMAGES)('$name: gives folders to its own user or to nobody', (image) => {
    const known = [image.user?.uid, 65534];
    for (const { path, uid } of image.owned ?? []) expect(known, path).toContain(uid);
  });

  it('a key changes with the definition and is the same for the same one', async () => {
    expect(await contentKey(redis, LAB)).toBe(await contentKey({ ...redis }, LAB));
    expect(await contentKey({ ...redis, pick: [] }, LAB)).not.toBe(await contentKey(redis, LAB));
    expect(await contentKey({ ...redis, inputs: async () => ['x'] }, LAB)).not.toBe(
      await contentKey(redis, LAB),
    );
  });
});
