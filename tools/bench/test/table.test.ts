import { expect, test } from 'vitest';
import { figure } from '../src/measure/figure.ts';
import { numberText, tableOf } from '../src/measure/table.ts';

test.each([
  [0, '0'],
  [0.01234, '0.0123'],
  [0.5, '0.500'],
  [1.2345, '1.23'],
  [12.345, '12.3'],
  [123.4, '123'],
  [987_654.3, '987654'],
  [-2.5, '-2.50'],
])('%f is told as %s', (value, text) => {
  expect(numberText(value)).toBe(text);
});

test('a figure with a target says whether its median meets it', () => {
  const fast = { name: 'x', unit: 'MiB/s', values: [1, 700, 900] };
  expect(figure({ ...fast, target: { word: 'bar', atLeast: 600 } }).met).toBe(true);
  expect(figure({ ...fast, target: { word: 'bar', atLeast: 701 } }).met).toBe(false);
  expect(figure({ ...fast, target: { word: 'aim', atMost: 699 } }).met).toBe(false);
  const share = { name: 'x', unit: '%', values: [1] };
  expect(figure({ ...share, target: { word: 'bar', below: 1 } }).met).toBe(false);
  expect(figure({ ...share, target: { word: 'bar', below: 1.01 } }).met).toBe(true);
  expect(figure(fast)).not.toHaveProperty('met');
});

test('the table has a line per figure, sets yardsticks apart and names targets', () => {
  const lines = tableOf([
    figure({ name: 'ours', unit: 's', values: [7, 9, 8], target: { word: 'aim', atMost: 8 } }),
    figure({ name: 'skipped', unit: '%', values: [0], target: { word: 'bar', below: 1 } }),
    figure({ name: 'theirs', unit: 's', values: [4], kind: 'yardstick' }),
  ]).split('\n');
  expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['median', 'min', 'max', 'n', 'unit', 'target'],
    ['ours', '8.00', '7.00', '9.00', '3', 's', 'aim ≤ 8: met'],
    ['skipped', '0', '0', '0', '1', '%', 'bar < 1: met'],
    ['· theirs', '4.00', '4.00', '4.00', '1', 's'],
  ]);
  expect(lines.every((line) => line === line.trimEnd())).toBe(true);
});
