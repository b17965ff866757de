import { expect, test } from 'vitest';
import { parseCommandLine, WrongUse } from '../src/command-line.ts';
import { levelName, levelsIn } from '../src/measure/level.ts';

test('levels are sessions times MiB, several with commas', () => {
  expect(levelsIn('1x1024, 10×128')).toEqual([
    { sessions: 1, mib: 1024 },
    { sessions: 10, mib: 128 },
  ]);
  expect(levelName({ sessions: 1, mib: 64 })).toBe('1 session of 64 MiB');
});

test('what would record nothing, and what is no level, is none', () => {
  for (const text of ['', '0x5', '5x0', '5', 'x5', '1x2,', '1.5x2', '-1x2'])
    expect(levelsIn(text)).toBeUndefined();
});

test('the command line takes levels and refuses others', () => {
  expect(parseCommandLine(['recording', '--levels', '2x3'])?.levels).toEqual([{ sessions: 2, mib: 3 }]);
  expect(() => parseCommandLine(['recording', '--levels', 'many'])).toThrow(WrongUse);
});
