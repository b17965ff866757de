import { readFileSync, writeFileSync } from 'node:fs';

/** Memory of a process as Linux tells it. Elsewhere: undefined, for unknown is not 0. */
export interface Memory {
  readonly rssBytes: number;
  /** The most it ever was, or since `forgetPeak`. */
  readonly peakBytes: number;
}

export function memoryOf(pid: number): Memory | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const [rssBytes, peakBytes] = [kibibytes(status, 'VmRSS'), kibibytes(status, 'VmHWM')];
    return rssBytes === undefined || peakBytes === undefined ? undefined : { rssBytes, peakBytes };
  } catch {
    return undefined; // it is gone, or this is no Linux
  }
}

/** Lets the peak begin anew at what is resident now (proc(5), clear_refs). @returns false where that cannot be done */
export function forgetPeak(pid: number): boolean {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
    return true;
  } catch {
    return false;
  }
}

/** `VmHWM:    123456 kB` */
export function kibibytes(status: string, field: string): number | undefined {
  const digits = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  return digits === undefined ? undefined : Number(digits) * 1024;
}
