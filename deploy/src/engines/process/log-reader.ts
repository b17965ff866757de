/** Reads the log files: the recent lines of several instances as one story, and then, if wanted, what follows. */
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogLine, LogOptions } from '../engine.ts';

const TAIL_BYTES = 512 * 1024;
const FOLLOW_EVERY_MS = 150;
const DEFAULT_LINES = 50;

/** Names of the instances that have a log, those asked for or all. `engine` is the supervisor's own. */
export function loggedInstances(dir: string, of: readonly string[]): string[] {
  if (!existsSync(dir)) return [];
  const known = readdirSync(dir).flatMap((name) => (name.endsWith('.log') ? [name.slice(0, -4)] : []));
  if (of.length === 0) return known.filter((name) => name !== 'build').toSorted();
  const matches = (name: string, wanted: string) => name === wanted || name.replace(/-\d+$/, '') === wanted;
  return known
    .filter((name) => of.some((wanted) => matches(name, wanted) || matches(name, `lucid-${wanted}`)))
    .toSorted();
}

/** Ends after the recent lines, or goes on until the signal when following (new instances are picked up). */
export async function* readLogs(dir: string, options: LogOptions): AsyncGenerator<LogLine> {
  const of = options.of ?? [];
  const offsets = new Map<string, Tail>();
  const recent = loggedInstances(dir, of).flatMap((instance) => {
    const { lines, tail } = readFrom(join(dir, `${instance}.log`), undefined);
    offsets.set(instance, tail);
    return stamped(instance, lines.slice(Math.max(0, lines.length - (options.lines ?? DEFAULT_LINES))));
  });
  yield* merged(recent);
  while (options.follow && !options.signal?.aborted) {
    await sleep(FOLLOW_EVERY_MS, undefined, { signal: options.signal }).catch(() => {}); // aborted: the loop ends
    const fresh = loggedInstances(dir, of).flatMap((instance) => {
      const { lines, tail } = readFrom(
        join(dir, `${instance}.log`),
        offsets.get(instance) ?? { offset: 0, partial: '' },
      );
      offsets.set(instance, tail);
      return stamped(instance, lines);
    });
    yield* merged(fresh);
  }
}

interface Tail {
  readonly offset: number;
  /** The start of a line whose end is not written yet. */
  readonly partial: string;
}

function readFrom(path: string, from: Tail | undefined): { lines: string[]; tail: Tail } {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return { lines: [], tail: { offset: 0, partial: '' } }; // removed meanwhile
  }
  try {
    const { size } = fstatSync(file);
    const emptied = from !== undefined && size < from.offset; // the file was rotated
    const start = from === undefined ? Math.max(0, size - TAIL_BYTES) : emptied ? 0 : from.offset;
    const buffer = Buffer.alloc(size - start);
    readSync(file, buffer, 0, buffer.length, start);
    const lines = `${emptied ? '' : (from?.partial ?? '')}${buffer.toString('utf8')}`.split('\n');
    const partial = lines.pop() ?? '';
    if (from === undefined && start > 0) lines.shift(); // the middle of a line
    return { lines, tail: { offset: size, partial } };
  } finally {
    closeSync(file);
  }
}

/** Gives each line a time: its own, or that of the line before (stack traces follow their message). */
function stamped(instance: string, lines: readonly string[]): LogLine[] {
  let lastMs: number | undefined;
  return lines.map((text) => {
    lastMs = timeOf(text) ?? lastMs;
    return { instance, text, timeMs: lastMs };
  });
}

/** pino's `"time":<epoch ms>`, our services' `"timestamp":"<ISO>"`, or an ISO date at the start of the line. */
export function timeOf(line: string): number | undefined {
  const [, epoch, iso] = /"time(?:stamp)?":(?:(\d{13})|"([^"]+)")/.exec(line.slice(0, 500)) ?? [];
  if (epoch) return Number(epoch);
  const parsed = Date.parse(iso ?? /^\d{4}-\d\d-\d\dT[\d:.]+Z/.exec(line)?.[0] ?? '');
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** By time; the sort is stable, so the lines of one instance never change places. */
function merged(lines: readonly LogLine[]): LogLine[] {
  return lines.toSorted((a, b) => (a.timeMs ?? 0) - (b.timeMs ?? 0));
}
