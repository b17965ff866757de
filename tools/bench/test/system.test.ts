import { expect, test } from 'vitest';
import { cpuSecondsIn } from '../src/system/cpu.ts';
import { kibibytes, memoryOf } from '../src/system/memory.ts';
import { seriesOf, total } from '../src/system/metrics.ts';
import { cpuSecondsOfTimes } from '../src/system/run-timed.ts';

test('CPU time is read past a program name with spaces and parentheses', () => {
  const fields = Array.from({ length: 50 }, (_, at) => String(at + 1));
  fields[1] = '(a (strange) name)';
  expect(cpuSecondsIn(fields.join(' '))).toBe((14 + 15) / 100);
});

test('memory is read in bytes, and unknown where nobody says', () => {
  expect(kibibytes('VmPeak:\t  99 kB\nVmHWM:\t  12 kB\n', 'VmHWM')).toBe(12 * 1024);
  expect(kibibytes('VmPeak:\t  99 kB\n', 'VmHWM')).toBeUndefined();
  expect(memoryOf(0)).toBeUndefined();
});

test('a metric is the sum over its labels; one that is not there is an error, not 0', () => {
  const page = '# HELP a x\na{k="1"} 2\na{k="2 3"} 4\nab 100\nb 5.5\n';
  const series = seriesOf(page);
  expect(total(series, 'a')).toBe(6);
  expect(total(series, 'b')).toBe(5.5);
  expect(() => total(series, 'c')).toThrow('there is no metric c');
});

test('the times of a shell and its children are added up', () => {
  expect(cpuSecondsOfTimes(['0m0.01s 0m0.02s', '1m2.00s 0m0.50s'])).toBeCloseTo(62.53);
  expect(() => cpuSecondsOfTimes(['?'])).toThrow('no times');
});
