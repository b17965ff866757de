import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Belongings } from '../src/belongings.ts';
import { type Benchmark, Skip } from '../src/benchmark.ts';
import { figure } from '../src/measure/figure.ts';
import { runBenchmarks } from '../src/run-benchmarks.ts';

const silent = { quick: true, say: () => undefined, onResult: () => undefined };

test('one that fails or cannot run here keeps no other from running, and leaves no folder', async () => {
  const folders: string[] = [];
  const benchmark = (name: string, end: () => ReturnType<Benchmark['run']>): Benchmark => ({
    name,
    summary: name,
    run: (bench) => {
      const folder = bench.folder(name);
      folders.push(folder);
      writeFileSync(join(folder, 'file'), 'x');
      bench.note(`${name} was here`);
      return end();
    },
  });
  const results = await runBenchmarks(
    [
      benchmark('fails', () => Promise.reject(new Error('broken'))),
      benchmark('skips', () => Promise.reject(new Skip('no curl'))),
      benchmark('works', () => Promise.resolve([figure({ name: 'it', unit: 's', values: [1] })])),
    ],
    { ...silent, belongings: new Belongings() },
  );
  expect(results.map(({ name, outcome, reason }) => [name, outcome, reason])).toEqual([
    ['fails', 'failed', 'broken'],
    ['skips', 'skipped', 'no curl'],
    ['works', 'measured', undefined],
  ]);
  expect(results[0]?.notes).toEqual(['fails was here']);
  expect(folders.map(existsSync)).toEqual([false, false, false]);
});

test('what belongs to a run ends once, newest first, past what cannot be ended', async () => {
  const belongings = new Belongings();
  const ended: string[] = [];
  belongings.add(() => void ended.push('first'));
  belongings.add(() => Promise.reject(new Error('stuck')));
  const endThird = belongings.add(() => void ended.push('third'));
  belongings.add(() => void ended.push('fourth'));
  await endThird();
  await endThird();
  expect(await belongings.endAll()).toEqual([new Error('stuck')]);
  expect(ended).toEqual(['third', 'fourth', 'first']);
  expect(() => belongings.add(() => undefined)).toThrow('the run is over');
});
