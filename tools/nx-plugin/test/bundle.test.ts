import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle } from '../src/tasks/bundle.ts';

const root = join(import.meta.dirname, 'fixtures');
let folder: string;
let outfile: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lucid-bundle-'));
  outfile = await bundle({ root, entry: 'bundled-service.ts', outfile: join(folder, 'main.js') });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a bundled service runs where there is no node_modules, and logs to standard output', async () => {
  const { stdout } = await execa(process.execPath, [outfile], { cwd: folder });
  const lines = stdout.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toContainEqual(
    expect.objectContaining({
      msg: 'answered',
      statusCode: 200,
      body: '{"status":"healthy"}',
      metrics: true,
    }),
  );
});

test('it comes with a source map that names the sources', async () => {
  const map = JSON.parse(await readFile(`${outfile}.map`, 'utf8')) as { sources: string[] };
  expect(map.sources.some((source) => source.endsWith('fixtures/bundled-service.ts'))).toBe(true);
});

test('a bundled service has its threads in the same file', async () => {
  const alone = await bundle({
    root,
    entry: 'threaded-service.ts',
    outfile: join(folder, 'threaded', 'main.js'),
  });
  const { stdout } = await execa(process.execPath, [alone], { cwd: folder });
  expect(stdout).toBe(createHash('sha256').update('"lucid"').digest('hex'));
});

test('an import that does not resolve fails the build and leaves no file from before', async () => {
  await expect(bundle({ root, entry: 'not-there.ts', outfile })).rejects.toThrow('not-there.ts');
  await expect(readFile(outfile)).rejects.toThrow('ENOENT');
});
