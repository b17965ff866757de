import { readFile, readlink } from 'node:fs/promises';

/**
 * A process that cannot be confused with a later one of the same number: pids are reused, but not
 * together with the start time (clock ticks since boot, field 22 of /proc/PID/stat) in the same boot.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTicks: number;
  readonly bootId: string;
}

export interface ProcessStat {
  readonly state: string;
  readonly startTicks: number;
}

/** Reads state (field 3) and start time (field 22) of a /proc/PID/stat line; see proc_pid_stat(5). */
export function parseStat(line: string): ProcessStat {
  // The name in field 2 may hold blanks and brackets, so count from the last bracket.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '?', startTicks: Number(fields[19]) };
}

async function statOf(pid: number): Promise<ProcessStat | undefined> {
  try {
    return parseStat(await readFile(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined; // no such process
  }
}

/** A number that the kernel draws at each start of the machine. */
export async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}

/** The identity of a running process, `undefined` when there is none (a zombie counts as none). */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const stat = await statOf(pid);
  if (stat === undefined || stat.state === 'Z' || stat.state === 'X') return undefined;
  return { pid, startTicks: stat.startTicks, bootId: await bootId() };
}

/** Whether exactly this process still runs. */
export async function isAlive(process: ProcessIdentity): Promise<boolean> {
  const now = await identify(process.pid);
  return now !== undefined && now.startTicks === process.startTicks && now.bootId === process.bootId;
}

/** The mount namespace of a process, like `mnt:[4026532177]`; `undefined` when it has ended. */
export async function mountNamespace(pid: number): Promise<string | undefined> {
  try {
    return await readlink(`/proc/${pid}/ns/mnt`);
  } catch {
    return undefined;
  }
}
