import { readdir, readlink } from 'node:fs/promises';
import { LabError } from '../errors.ts';
import { identify, isAlive, mountNamespace, type ProcessIdentity } from './process-identity.ts';
import { waitFor } from './wait-for.ts';

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // ESRCH: it ended by itself
  }
}

/**
 * Asks a process to end, first politely, then by SIGKILL; does nothing when it has already gone.
 * @throws LabError STOP_FAILED when it survives even that (a process stuck in the kernel).
 */
export async function stopProcess(
  target: ProcessIdentity,
  polite: NodeJS.Signals,
  politeMs = 10_000,
): Promise<'gone' | 'stopped' | 'killed'> {
  if (!(await isAlive(target))) return 'gone';
  const ended = async () => !(await isAlive(target));
  signal(target.pid, polite);
  if (await waitFor(ended, politeMs)) return 'stopped';
  signal(target.pid, 'SIGKILL');
  if (await waitFor(ended, 5_000)) return 'killed';
  throw new LabError('STOP_FAILED', `process ${target.pid} does not end`);
}

/** Pids whose root is `rootDir` inside mount namespace `namespace`: what a killed parent left behind. */
export async function processesInside(rootDir: string, namespace: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const inside = await Promise.all(
    pids.map(async (pid) => {
      if ((await mountNamespace(pid)) !== namespace) return false;
      return (await readlink(`/proc/${pid}/root`).catch(() => '')) === rootDir;
    }),
  );
  return pids.filter((_, index) => inside[index]);
}

/** Kills what is left inside a namespace of the lab and waits until nothing is. */
export async function sweepNamespace(rootDir: string, namespace: string): Promise<number> {
  const left = await processesInside(rootDir, namespace);
  for (const pid of left) signal(pid, 'SIGKILL');
  const gone = await waitFor(async () => {
    const alive = await Promise.all((await processesInside(rootDir, namespace)).map(identify));
    return alive.every((one) => one === undefined);
  }, 5_000);
  if (!gone) throw new LabError('STOP_FAILED', `processes ${left.join(', ')} do not end`);
  return left.length;
}
