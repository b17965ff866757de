import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '@lucid/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type GenerateOptions, generate } from '../src/cli/generate.ts';
import { recordingTerminal } from './support/check-fixture.ts';

// Files are rendered as a whole; a machine that does much else takes its time.
vi.setConfig({ testTimeout: 30_000 });

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder('generate');
});
afterEach(() => folder[Symbol.dispose]());

const run = (options: Partial<GenerateOptions> = {}) =>
  generate({ out: folder.path, profile: ['dev'], set: [], dryRun: false, ...options }, recordingTerminal());
const put = (path: string) => {
  mkdirSync(dirname(join(folder.path, path)), { recursive: true });
  writeFileSync(join(folder.path, path), 'mine');
};
const kept = (path: string) => existsSync(join(folder.path, path));

it('removes what nothing generates below a profile’s targets, and touches no other file', () => {
  const foreign = [
    'notes.txt',
    'dev/notes.txt',
    'src/a/main.ts',
    'dev/terraform/main.tf',
    'moon/compose/a.yaml',
  ];
  const unknown = ['dev/compose/old.yaml', 'dev/swarm/a/old.yaml', 'dev/kubernetes/services/old.yaml'];
  const unasked = 'scale/compose/old.yaml';
  for (const path of [...foreign, ...unknown, unasked]) put(path);
  run();
  expect([...foreign, unasked].filter(kept)).toEqual([...foreign, unasked]);
  expect(unknown.filter(kept)).toEqual([]);
  run({ profile: [] });
  expect([...foreign, unasked].filter(kept)).toEqual(foreign);
  expect(readFileSync(join(folder.path, 'notes.txt'), 'utf8')).toBe('mine');
});

it.each([false, true])('refuses what breaks a rule, and writes nothing (dry run: %s)', (dryRun) => {
  put('dev/compose/old.yaml');
  expect(() => run({ set: ['chunk-processor.replicas=99'], dryRun })).toThrow(
    /^the system model is broken: dev: scale-range: lucid-chunk-processor has 99 /,
  );
  expect(kept('dev/compose/old.yaml')).toBe(true);
  expect(kept('dev/compose/compose.yaml')).toBe(false);
});

it('says once what several profiles have in common', () => {
  expect(() => run({ profile: ['dev', 'scale'], set: ['chunk-processor.replicas=99'] })).toThrow(
    'the system model is broken: dev, scale: scale-range: lucid-chunk-processor',
  );
});
