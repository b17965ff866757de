import { resolve } from 'node:path';
import { Command } from 'commander';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { addImagesCommand, type ImagesOptions } from '../../src/images/options.ts';
import { environmentLines, type ImageState, imageTable } from '../../src/images/state.ts';
import { parseJavaVersion } from '../../src/images/steps/java-runtime.ts';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');

async function parse(...args: string[]): Promise<ImagesOptions | undefined> {
  let seen: ImagesOptions | undefined;
  const program = new Command();
  addImagesCommand(program, async (options) => {
    seen = options;
  });
  await program.parseAsync(['images', ...args], { from: 'user' });
  return seen;
}

const state = (name: string, condition: ImageState['condition']): ImageState => ({
  name,
  image: `lucid-lab/${name}:1`,
  standsFor: name,
  variable: name === 'busybox' ? undefined : `${name.toUpperCase()}_IMAGE`,
  condition,
  id: undefined,
  sizeBytes: condition === 'missing' ? undefined : 1_500_000,
});
const STATES = [
  state('busybox', 'built'),
  state('redis', 'built'),
  state('mongo', 'outdated'),
  state('squid', 'missing'),
];

describe('lab images', () => {
  it('builds everything by default, else what is named, and can only look', async () => {
    expect(await parse()).toEqual({ action: 'build', json: false, names: [] });
    expect(await parse('redis', 'mongo', '--json')).toEqual({
      action: 'build',
      json: true,
      names: ['redis', 'mongo'],
    });
    expect(await parse('--list')).toMatchObject({ action: 'list' });
    expect(await parse('--env')).toMatchObject({ action: 'env' });
  });

  it.each([
    { args: ['nonsense'], exitCode: 2, says: 'no image nonsense; there are busybox, redis' },
    { args: ['--list', '--env'], exitCode: 2, says: 'cannot be used with' },
  ])(
    'refuses $args',
    async ({ args, exitCode, says }) => {
      const result = await execa(process.execPath, [MAIN, 'images', ...args], { reject: false });
      expect([result.exitCode, result.stdout]).toEqual([exitCode, '']);
      expect(result.stderr).toContain(says);
    },
    30_000,
  );

  it('says in one line that no engine answers', async () => {
    const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
    const result = await execa(process.execPath, [MAIN, 'images', '--list'], { reject: false, env });
    expect(result.exitCode).toBe(3);
    expect(result.stderr).toMatch(/^skipped: (docker is not installed|no Docker engine answers \(.*\))$/);
  }, 30_000);

  it('hands the deploy model the variables of images that are there', () => {
    expect(environmentLines(STATES)).toEqual([
      'REDIS_IMAGE=lucid-lab/redis:1',
      'MONGO_IMAGE=lucid-lab/mongo:1',
    ]);
  });

  it('shows a table with a column per fact', () => {
    const lines = imageTable(STATES);
    expect(lines[2]).toMatch(/^lucid-lab\/redis:1 +redis +REDIS_IMAGE +1\.5 MB +built$/);
    expect(lines[4]).toMatch(/^lucid-lab\/squid:1 +squid +SQUID_IMAGE +- +missing$/);
  });

  it('reads the version of a JDK from its release file', () => {
    expect(parseJavaVersion('IMPLEMENTOR="x"\nJAVA_VERSION="25.0.3"\n')).toBe(25);
    expect(parseJavaVersion('')).toBeUndefined();
  });
});
