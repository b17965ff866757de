import { readdir, readFile } from 'node:fs/promises';
import { identify, type ProcessIdentity } from './process-identity.ts';

/** Whether the text of /proc/PID/environ (entries end with a zero byte) holds exactly `NAME=value`. */
export function hasVariable(environ: string, name: string, value: string): boolean {
  return environ.split('\0').includes(`${name}=${value}`);
}

/** The number a process has in its own process namespace, out of /proc/PID/status; 1 is the first one there. */
export function innermostPid(status: string): number | undefined {
  const numbers = /^NSpid:\s*(.*)$/m.exec(status)?.[1]?.trim().split(/\s+/);
  return numbers === undefined ? undefined : Number(numbers.at(-1));
}

/**
 * The processes that were started with this variable, and what they have started since. It finds what a killed
 * lab has started and not written down. Processes inside containers have environments of their own.
 */
export async function processesMarked(name: string, value: string): Promise<ProcessIdentity[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environ = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''); // it has ended
      return hasVariable(environ, name, value) ? identify(pid) : undefined;
    }),
  );
  return found.filter((one) => one !== undefined);
}

/** The first process of a process namespace among those given: all others die with it. */
export async function namespaceInit(
  processes: readonly ProcessIdentity[],
): Promise<ProcessIdentity | undefined> {
  for (const one of processes) {
    const status = await readFile(`/proc/${one.pid}/status`, 'utf8').catch(() => ''); // it has ended
    const numbers = /^NSpid:\s*(.*)$/m.exec(status)?.[1]?.trim().split(/\s+/) ?? [];
    if (numbers.length > 1 && innermostPid(status) === 1) return one;
  }
  return undefined;
}
