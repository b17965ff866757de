import { describe, expect, test } from 'vitest';
import { closingLines, nothing, readClosingLines, sum } from '../src/tally.ts';

const tally = {
  passed: 5,
  failed: ['a.test.ts adds: 1 is not 2'],
  skipped: ['b.test.ts: no macOS here', 'lab: no root'],
};

describe('a tally', () => {
  test('ends with exactly `N passed, N failed`, after what failed and what was skipped and why', () => {
    expect(closingLines(tally)).toEqual([
      'failed: a.test.ts adds: 1 is not 2',
      'skipped: b.test.ts: no macOS here',
      'skipped: lab: no root',
      '5 passed, 1 failed',
    ]);
    expect(closingLines({ ...nothing, passed: 3 })).toEqual(['3 passed, 0 failed']);
  });

  test('can be read back from a command’s output, whatever stood before', () => {
    const noise = 'skipped: something earlier\nfailed: something else\n7 passed, 0 failed\n';
    expect(readClosingLines(`${noise}${closingLines(tally).join('\n')}\n`)).toEqual(tally);
    expect(readClosingLines(`${noise}${closingLines({ ...nothing, passed: 3 }).join('\n')}`)).toEqual({
      ...nothing,
      passed: 3,
    });
  });

  test('is not there when the command broke off', () => {
    expect(readClosingLines('5 passed, 0 failed\nSegmentation fault')).toBeUndefined();
    expect(readClosingLines('')).toBeUndefined();
  });

  test('adds up', () => {
    expect(sum([tally, tally, nothing])).toMatchObject({
      passed: 10,
      failed: [...tally.failed, ...tally.failed],
    });
  });
});
