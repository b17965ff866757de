import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { WORKSPACE_ROOT } from '@lucid/testing';
import { MIB } from '../../src/material.ts';
import type { Outcome } from './load.ts';

const RESULT = join(WORKSPACE_ROOT, 'dist/test-results/swarm-survival.json');

const seconds = (ms: number | undefined): string => (ms === undefined ? '–' : (ms / 1000).toFixed(1));

/** A table for people, and each failed request with its time after the beginning of the event. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const rows = [
    [
      'event',
      'recordings',
      'MiB',
      'verified',
      'requests',
      'failed',
      'slowest s',
      'gap s',
      'event s',
      'strength s',
    ],
    ...outcomes.map(({ event, recordings, bytes, verified, traffic, eventMs, strengthMs }) => [
      ...[event, String(recordings), (bytes / MIB).toFixed(0), String(verified), String(traffic.requests)],
      ...[String(traffic.failures.length), seconds(traffic.slowestMs), seconds(traffic.longestGapMs)],
      ...[seconds(eventMs), seconds(strengthMs)],
    ]),
  ];
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, ...outcomes.flatMap(failuresOf)].join('\n');
}

function failuresOf({ event, beganMs, traffic, gaveUp }: Outcome): string[] {
  return [
    ...traffic.failures.map(
      ({ sentMs, tookMs, what }) =>
        `  ${event}: sent at ${seconds(sentMs - beganMs)} s, failed after ${seconds(tookMs)} s: ${what}`,
    ),
    ...gaveUp.map((why) => `  ${event}: a command gave up and was resumed: ${why}`),
  ];
}

/** @returns where it was written */
export function writeResult(outcomes: readonly Outcome[], seed: number): string {
  mkdirSync(dirname(RESULT), { recursive: true });
  writeFileSync(RESULT, `${JSON.stringify({ seed, outcomes }, null, 2)}\n`);
  return RESULT;
}
