import { expect, test } from 'vitest';
import { benchmarks } from '../src/benchmarks/index.ts';
import { parseCommandLine, selected, WrongUse } from '../src/command-line.ts';

test('without options everything runs, in full size', () => {
  expect(parseCommandLine([])).toEqual({
    only: [],
    list: false,
    quick: false,
    json: undefined,
    write: false,
    levels: undefined,
    minutes: undefined,
    validators: undefined,
  });
  expect(selected(benchmarks, [])).toEqual(benchmarks);
});

test('the named ones run, in the order of the list', () => {
  const wish = parseCommandLine(['--only', 'merkle, codec', '--quick', '--json', 'x.json']);
  expect(wish).toMatchObject({ only: ['merkle', 'codec'], quick: true, json: 'x.json' });
  expect(selected(benchmarks, wish?.only ?? []).map(({ name }) => name)).toEqual(['codec', 'merkle']);
});

test('names may stand alone, and only a whole run is kept', () => {
  expect(parseCommandLine(['limits', '--write'])).toMatchObject({ only: ['limits'], write: true });
  expect(parseCommandLine(['up', '--only', 'codec'])?.only).toEqual(['up', 'codec']);
  expect(() => parseCommandLine(['limits', '--write', '--quick'])).toThrow(WrongUse);
});

test('unknown names and options are a wrong use, told with what there is', () => {
  expect(() => selected(benchmarks, ['speed'])).toThrow(/no such benchmark: speed \(there are codec,/);
  expect(() => parseCommandLine(['--fast'])).toThrow(WrongUse);
});

test('names are distinct and every benchmark says what it measures', () => {
  expect(new Set(benchmarks.map(({ name }) => name)).size).toBe(benchmarks.length);
  for (const { name, summary } of benchmarks) {
    expect(name).toMatch(/^[a-z][a-z-]{1,15}$/);
    expect(summary.length).toBeGreaterThan(20);
  }
});
