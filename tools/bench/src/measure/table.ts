import Table from 'cli-table3';
import type { Figure, Target } from './figure.ts';

const HEAD = ['', 'median', 'min', 'max', 'n', 'unit', 'target'];

/** Figures as a table without borders, which also reads well in a log. Yardsticks are set apart by a `·`. */
export function tableOf(figures: readonly Figure[]): string {
  const table = new Table({
    head: HEAD,
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'left', 'left'],
  });
  for (const { name, unit, kind, statistics, target, met } of figures) {
    const { median, min, max, count } = statistics;
    const label = kind === 'yardstick' ? `· ${name}` : name;
    table.push([label, ...[median, min, max].map(numberText), count, unit, targetText(target, met)]);
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Three digits that count: 1234, 123, 12.3, 1.23, 0.123. */
export function numberText(value: number): string {
  if (value === 0) return '0';
  const digits = 2 - Math.floor(Math.log10(Math.abs(value)));
  return value.toFixed(Math.min(6, Math.max(0, digits)));
}

function targetText(target: Target | undefined, met: boolean | undefined): string {
  if (!target) return '';
  const { word, atLeast, atMost, below } = target;
  const limits = [`≥ ${atLeast}`, `≤ ${atMost}`, `< ${below}`];
  const limit = limits.filter((text) => !text.endsWith('undefined')).join(', ');
  return `${word} ${limit}: ${met ? 'met' : 'missed'}`;
}

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};
