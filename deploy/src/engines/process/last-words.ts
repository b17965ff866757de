import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const TAIL_BYTES = 16_384;
const LONGEST = 400;

/**
 * Why a process ended, as far as its log tells: the last line that looks like a complaint, else the last plain line.
 * JSON lines are reduced to their message, and count only from warning upwards. Empty when the log says nothing.
 */
export function lastWords(logFile: string, sinceBytes = 0): string {
  const lines = tail(logFile, sinceBytes)
    .split('\n')
    .map(readable)
    .filter((line) => line !== '' && !NOISE.test(line));
  return (lines.findLast((line) => COMPLAINT.test(line)) ?? lines.at(-1) ?? '').slice(0, LONGEST);
}

const COMPLAINT = /error|fail|cannot|missing|invalid|fatal|refused|required/i;
/** Stack frames, Node's own remarks and its farewell line. */
const NOISE = /^(at |\(node:\d+\)|\(Use `node|Node\.js v\d)/;
/** Levels below warning, as our services write them and as pino numbers them. */
const HARMLESS: readonly unknown[] = ['trace', 'debug', 'info', 10, 20, 30];

function tail(path: string, sinceBytes: number): string {
  try {
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      const from = Math.max(Math.min(sinceBytes, size), size - TAIL_BYTES);
      const buffer = Buffer.alloc(size - from);
      readSync(file, buffer, 0, buffer.length, from);
      return buffer.toString('utf8');
    } finally {
      closeSync(file);
    }
  } catch {
    return ''; // no log: nothing to quote
  }
}

function readable(line: string): string {
  const trimmed = line.trim();
  if (!trimmed.startsWith('{')) return trimmed;
  try {
    const entry: unknown = JSON.parse(trimmed);
    if (typeof entry !== 'object' || entry === null) return trimmed;
    if ('level' in entry && HARMLESS.includes(entry.level)) return '';
    const message = 'msg' in entry && typeof entry.msg === 'string' ? entry.msg : '';
    const error = 'err' in entry && typeof entry.err === 'object' && entry.err !== null ? entry.err : {};
    const cause = 'message' in error && typeof error.message === 'string' ? error.message : '';
    return [message, cause === message ? '' : cause].filter((part) => part !== '').join(': ');
  } catch {
    return trimmed;
  }
}
