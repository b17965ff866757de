import { expect, test } from 'vitest';
import { Belongings } from '../src/belongings.ts';
import { inRounds, perSecond } from '../src/measure/rounds.ts';
import { runTimed } from '../src/system/run-timed.ts';

test('a line of shell gives what it said, and what it and its children took', async () => {
  const run = await runTimed(new Belongings(), 'echo "$1"; echo two', { args: ['one'] });
  expect(run.stdout).toBe('one\ntwo');
  expect(run.wallSeconds).toBeGreaterThan(0);
  expect(run.cpuSeconds).toBeGreaterThanOrEqual(0);
});

test('a line that fails is an error with what it said', async () => {
  await expect(runTimed(new Belongings(), 'echo why >&2; exit 3')).rejects.toThrow('why');
});

test('whatever runs is ended with the run, all of a pipe', async () => {
  const belongings = new Belongings();
  const running = runTimed(belongings, 'sleep 60 | sleep 60');
  const outcome = expect(running).rejects.toThrow('ended with');
  expect(await belongings.endAll()).toEqual([]);
  await outcome;
});

test('contestants take turns, after a round that is not counted', async () => {
  const order: string[] = [];
  const measured = await inRounds(2, { a: () => order.push('a'), b: async () => order.push('b') });
  expect(order.join('')).toBe('ababab');
  expect(measured.a).toHaveLength(2);
  expect(perSecond(10, [{ wallSeconds: 2, cpuSeconds: 1 }])).toEqual([5]);
});
