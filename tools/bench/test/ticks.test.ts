import { timestampOf } from '@lucid/ledger';
import { expect, test } from 'vitest';
import { parseCommandLine, WrongUse } from '../src/command-line.ts';
import { countTicks } from '../src/measure/ticks.ts';
import { countedIn } from '../src/system/metrics.ts';

const TEN_SECONDS = 10_000;
const START_MS = Date.UTC(2026, 0, 5);

/** Blocks from height 7 on, so many milliseconds after the start of a tick. */
const blocksAt = (...offsetsMs: readonly number[]) =>
  offsetsMs.map((offsetMs, index) => ({ height: 7 + index, timestamp: timestampOf(START_MS + offsetMs) }));

test('the first block begins the stretch; every other one takes a tick, early or late in it', () => {
  expect(countTicks(blocksAt(300, 10_000, 29_999, 30_004), TEN_SECONDS)).toEqual({
    blocks: 3,
    ticks: 3,
    skipped: 0,
    lateMs: [0, 9999, 4],
    gapsMs: [9700, 19_999, 5],
  });
});

test('ticks between two blocks of neighbouring heights are skipped ones', () => {
  const { blocks, ticks, skipped } = countTicks(blocksAt(0, 10_001, 40_002, 50_000, 70_000), TEN_SECONDS);
  expect({ blocks, ticks, skipped }).toEqual({ blocks: 4, ticks: 7, skipped: 3 });
});

test('what is no chain of one block per tick is not counted but refused', () => {
  expect(() => countTicks(blocksAt(0), TEN_SECONDS)).toThrow('1 blocks make no stretch of a chain');
  expect(() => countTicks(blocksAt(0, 9_999), TEN_SECONDS)).toThrow('heights 7 and 8 are of one tick');
  expect(() => countTicks(blocksAt(20_000, 9_999), TEN_SECONDS)).toThrow('of one tick');
  const [first, , third] = blocksAt(0, 10_000, 20_000);
  expect(() =>
    countTicks(
      [first, third].filter((block) => block !== undefined),
      TEN_SECONDS,
    ),
  ).toThrow('after height 7 comes 9');
  expect(() => countTicks([...blocksAt(0), { height: 8, timestamp: 'soon' }], TEN_SECONDS)).toThrow(
    'block 8 has no time: soon',
  );
});

test('a counter that has not counted yet is 0, one that nobody knows is unknown', () => {
  const head = '# HELP skipped_total Ticks.\n# TYPE skipped_total counter\n';
  const other = '# HELP other Other.\n# TYPE other counter\nother{reason="late"} 7\n';
  expect(countedIn(`${other}${head}`, 'skipped_total')).toBe(0);
  const counted =
    'skipped_total{reason="late"} 3\nskipped_total{reason="failed"} 1\nskipped_total_more{a="b"} 9\n';
  expect(countedIn(`${other}${head}${counted}`, 'skipped_total')).toBe(4);
  expect(() => countedIn(other, 'skipped_total')).toThrow('there is no counter skipped_total');
});

test('the command line takes minutes and validators, and refuses what measures nothing', () => {
  expect(parseCommandLine(['ticks'])).toMatchObject({ minutes: undefined, validators: undefined });
  expect(parseCommandLine(['ticks', '--minutes', '60', '--validators', '4'])).toMatchObject({
    minutes: 60,
    validators: 4,
  });
  for (const text of ['0', '-1', '1.5', 'long', ''])
    expect(() => parseCommandLine(['ticks', '--minutes', text])).toThrow(WrongUse);
  expect(() => parseCommandLine(['ticks', '--validators', '18'])).toThrow(WrongUse);
});
