/**
 * Ends what a killed supervisor left behind. Two witnesses: the state file (pid and start time must both match),
 * and on Linux the marker every child carries in its environment, for a child spawned just before the kill.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { deployErrors } from '../../errors.ts';
import type { Home } from './home.ts';
import { isAlive, type ProcessIdentity, startTimeOf } from './process-identity.ts';
import { readState } from './state-file.ts';

/** Set in every child's environment; its value is the engine's home. */
export const HOME_MARKER = 'LUCID_ENGINE_HOME';

export function leftoversOf(home: Home): ProcessIdentity[] {
  const known = readState(home)?.instances ?? [];
  const found = new Map(
    [...known, ...markedProcesses(home)].filter(isAlive).map((found) => [found.pid, found]),
  );
  found.delete(process.pid);
  return [...found.values()];
}

function markedProcesses(home: Home): ProcessIdentity[] {
  if (process.platform !== 'linux') return [];
  const marker = `\0${HOME_MARKER}=${home.dir}\0`;
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        if (!`\0${readFileSync(`/proc/${entry}/environ`, 'utf8')}\0`.includes(marker)) return [];
      } catch {
        return []; // gone already, or another user's
      }
      const startTime = startTimeOf(Number(entry));
      return startTime === undefined ? [] : [{ pid: Number(entry), startTime }];
    });
}

export interface EndOptions {
  /** How long they may end by themselves first: children notice that their supervisor is gone. */
  readonly patienceMs?: number;
  /** How long they may take after SIGTERM. */
  readonly graceMs?: number;
}

/** Waits, asks, then insists. Resolves with how many there were; throws `stop-incomplete` if one survives all that. */
export async function endProcesses(
  victims: readonly ProcessIdentity[],
  { patienceMs = 0, graceMs = 10_000 }: EndOptions = {},
): Promise<number> {
  if (await gone(victims, patienceMs)) return victims.length;
  for (const victim of victims) signal(victim, 'SIGTERM');
  if (!(await gone(victims, graceMs))) {
    for (const victim of victims.filter(isAlive)) signal(victim, 'SIGKILL');
    if (!(await gone(victims, 2_000))) {
      throw deployErrors.stopIncomplete(victims.filter(isAlive).map(({ pid }) => pid));
    }
  }
  return victims.length;
}

async function gone(victims: readonly ProcessIdentity[], withinMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < withinMs; waitedMs += 50) {
    if (!victims.some(isAlive)) return true;
    await sleep(50);
  }
  return !victims.some(isAlive);
}

function signal(victim: ProcessIdentity, name: 'SIGTERM' | 'SIGKILL'): void {
  if (!isAlive(victim)) return;
  try {
    process.kill(victim.pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
