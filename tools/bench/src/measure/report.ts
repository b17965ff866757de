import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Figure } from './figure.ts';
import { type Machine, machineLine } from './machine.ts';
import { tableOf } from './table.ts';

export interface BenchmarkResult {
  readonly name: string;
  readonly outcome: 'measured' | 'skipped' | 'failed';
  /** Why it was skipped or failed. */
  readonly reason?: string;
  readonly seconds: number;
  readonly figures: readonly Figure[];
  /** What a reader has to know about the figures. */
  readonly notes: readonly string[];
}

/** One run, as the JSON file holds it. */
export interface Report {
  readonly format: 1;
  readonly started_at: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly benchmarks: readonly BenchmarkResult[];
}

export const reportText = ({ machine, quick, started_at, benchmarks }: Report): string =>
  [
    `${started_at}  ${machineLine(machine)}${quick ? '  (quick: sizes and rounds are small)' : ''}`,
    ...benchmarks.map(sectionText),
  ].join('\n\n');

export function sectionText({ name, outcome, reason, seconds, figures, notes }: BenchmarkResult): string {
  const title = `${name} (${seconds.toFixed(0)} s)`;
  const verdict = outcome === 'measured' ? [] : [`  ${outcome}: ${reason ?? 'no reason given'}`];
  const table = figures.length === 0 ? [] : [tableOf(figures).replace(/^(?=.)/gm, '  ')];
  return [title, ...table, ...notes.map((note) => `  note: ${note}`), ...verdict].join('\n');
}

/** Writes the report; ISO times in file names would hold colons. */
export function writeReport(path: string, report: Report): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
}

export const reportFileName = (startedAt: string): string => `${startedAt.replaceAll(/[:.]/g, '-')}.json`;
