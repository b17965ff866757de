import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Lab } from '../../src/data/lab.ts';
import { imagesNamed } from '../../src/images/catalogue.ts';
import { whyNoEngine } from '../../src/images/engine.ts';
import { cacheDir } from '../../src/paths.ts';
import { Containers } from './containers.ts';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');
const COLD_BUILD_MS = 20 * 60_000;

async function whySkipped(names: readonly string[]): Promise<string | undefined> {
  if (process.env.LUCID_LAB !== '1') return 'builds and runs real containers: set LUCID_LAB=1 to run it';
  const engine = await whyNoEngine();
  if (engine !== undefined) return engine;
  const lab: Lab = {
    cache: cacheDir(process.env),
    env: process.env,
    signal: new AbortController().signal,
    progress: async () => undefined,
  };
  for (const image of imagesNamed(names)) {
    const reason = await image.whyNot?.(lab);
    if (reason !== undefined) return `${image.name}: ${reason}`;
  }
  return undefined;
}

/**
 * Tests with containers of these images, built by the command before the first of them.
 * On a machine that cannot they are skipped, with the reason in the name.
 */
export async function describeImages(
  names: readonly string[],
  title: string,
  body: (containers: () => Containers) => void,
): Promise<void> {
  const reason = await whySkipped(names);
  if (reason !== undefined) it(`${title}: ${reason}`, (test) => test.skip(reason));
  describe.skipIf(reason !== undefined)(title, () => {
    let containers: Containers | undefined;
    beforeAll(async () => {
      await promisify(execFile)(process.execPath, [MAIN, 'images', ...names]);
      containers = await Containers.create();
    }, COLD_BUILD_MS);
    afterAll(async () => {
      await containers?.[Symbol.asyncDispose]();
    }, 120_000);
    body(() => {
      if (containers === undefined) throw new Error('only inside a test');
      return containers;
    });
  });
}
