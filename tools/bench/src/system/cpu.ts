import { readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second for every program, whatever the kernel does inside. */
const TICKS_PER_SECOND = 100;

/** CPU seconds a process has used, its own and the kernel’s for it; undefined where nobody says. */
export function cpuSecondsOf(pid: number): number | undefined {
  try {
    return cpuSecondsIn(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined; // it is gone, or this is no Linux
  }
}

/** Fields 14 and 15 of proc(5) stat; the name, field 2, may hold spaces and parentheses. */
export function cpuSecondsIn(stat: string): number {
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(afterName[11]) + Number(afterName[12])) / TICKS_PER_SECOND;
}
