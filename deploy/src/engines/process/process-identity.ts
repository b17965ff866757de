/**
 * Tells a process apart from a later one with the same number: pid and start time together.
 * Whoever ends processes goes by this, never by name.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; equal means the same process. */
  readonly startTime: string;
}

/** The start time of a running process, undefined when there is none (or only its exit code is left). */
export function startTimeOf(pid: number): string | undefined {
  return process.platform === 'linux' ? linuxStartTime(pid) : portableStartTime(pid);
}

export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  return startTimeOf(pid) === startTime;
}

let bootId: string | undefined;

function linuxStartTime(pid: number): string | undefined {
  const stat = readOrUndefined(`/proc/${pid}/stat`);
  if (!stat) return undefined;
  // proc(5): the command name is in parentheses and may contain anything, so count fields after the last ")".
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  bootId ??= (readOrUndefined('/proc/sys/kernel/random/boot_id') ?? 'boot').trim().slice(0, 8);
  return `${bootId}:${fields[19]}`;
}

function portableStartTime(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
  } catch {
    return undefined; // ps exits 1 when there is no such process
  }
}

/** Resident memory in bytes, undefined when it cannot be read. */
export function residentBytes(pid: number): number | undefined {
  if (process.platform === 'linux') {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readOrUndefined(`/proc/${pid}/status`) ?? '')?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  }
  try {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim()) * 1024;
  } catch {
    return undefined;
  }
}

function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // the process is gone, or belongs to somebody else
  }
}
