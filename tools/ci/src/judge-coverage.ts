/** From vitest's `coverage-summary.json` to figures per group and to a tally. Pure. */
import { coverageGroups, minimumPercent } from './coverage-groups.ts';
import type { Tally } from './tally.ts';

const metrics = ['lines', 'functions', 'statements', 'branches'] as const;
type Metric = (typeof metrics)[number];

interface Count {
  readonly total: number;
  readonly covered: number;
}

/** By absolute path; `total` is the sum over all. */
export type CoverageSummary = Readonly<Record<string, Readonly<Record<Metric, Count>>>>;

export interface GroupFigures {
  readonly group: string;
  readonly files: number;
  /** 0 to 100, of each metric; undefined where there is nothing to reach. */
  readonly percent: Readonly<Record<Metric, number | undefined>>;
}

/** @param root of the workspace, absolute */
export function figuresOf(summary: CoverageSummary, root: string, groups = coverageGroups): GroupFigures[] {
  return groups.map((group) => {
    const files = Object.entries(summary).filter(([file]) => file.startsWith(`${root}/${group}/`));
    const percentOf = (metric: Metric): number | undefined => {
      const counts = files.map(([, file]) => file[metric]);
      const total = counts.reduce((sum, count) => sum + count.total, 0);
      const covered = counts.reduce((sum, count) => sum + count.covered, 0);
      return total === 0 ? undefined : (100 * covered) / total;
    };
    const [lines, functions, statements, branches] = metrics.map(percentOf);
    return { group, files: files.length, percent: { lines, functions, statements, branches } };
  });
}

/** One pass or failure per group. A group in which nothing was measured fails: its folder is gone, or nobody looked. */
export function tallyOfCoverage(figures: readonly GroupFigures[]): Tally {
  const failed = figures.flatMap(({ group, files, percent }) => {
    if (files === 0 || percent.lines === undefined) return [`coverage of ${group}: nothing was measured`];
    const missed = (['lines', 'functions', 'branches'] as const).filter(
      (metric) => (percent[metric] ?? 100) < minimumPercent[metric],
    );
    const told = missed.map(
      (metric) => `${metric} ${text(percent[metric])}, at least ${minimumPercent[metric]} %`,
    );
    return missed.length === 0 ? [] : [`coverage of ${group}: ${told.join('; ')}`];
  });
  return { passed: figures.length - failed.length, failed, skipped: [] };
}

/** A Markdown table, one row per group. */
export function coverageTable(figures: readonly GroupFigures[]): string[] {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    row(['measured', 'files', ...metrics]),
    row(['---', ...['files', ...metrics].map(() => '---:')]),
    ...figures.map(({ group, files, percent }) =>
      row([group, String(files), ...metrics.map((metric) => text(percent[metric]))]),
    ),
  ];
}

/** Rounded down: 94.99 is not 95. */
const text = (percent: number | undefined): string =>
  percent === undefined ? '–' : `${(Math.floor(percent * 10) / 10).toFixed(1)} %`;
