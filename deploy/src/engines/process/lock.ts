/** One engine per home: a file created exclusively, naming its owner, void once the owner is gone. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { deployErrors } from '../../errors.ts';
import type { Home } from './home.ts';
import { isAlive, type ProcessIdentity, startTimeOf } from './process-identity.ts';

export interface Lock {
  release(): void;
}

/** Who holds the home and lives, if anybody. */
export function lockOwner(home: Home): ProcessIdentity | undefined {
  const owner = readOwner(home);
  return owner && isAlive(owner) ? owner : undefined;
}

/** Takes the home for this process. Throws `engine-busy` when somebody alive has it. */
export function acquireLock(home: Home): Lock {
  const me: ProcessIdentity = { pid: process.pid, startTime: startTimeOf(process.pid) ?? '' };
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      writeFileSync(home.lockFile, JSON.stringify(me), { flag: 'wx', mode: 0o600 });
      return { release: () => rmSync(home.lockFile, { force: true }) };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      const owner = lockOwner(home);
      if (owner) throw deployErrors.engineBusy(owner.pid, home.dir);
      rmSync(home.lockFile, { force: true });
    }
  }
  throw deployErrors.homeUnusable(
    home.dir,
    'another command is taking the lock at this very moment, try again',
  );
}

function readOwner(home: Home): ProcessIdentity | undefined {
  try {
    const owner: unknown = JSON.parse(readFileSync(home.lockFile, 'utf8'));
    if (typeof owner !== 'object' || owner === null || !('pid' in owner) || !('startTime' in owner))
      return undefined;
    return { pid: Number(owner.pid), startTime: String(owner.startTime) };
  } catch {
    return undefined; // none, or half written by a process that died doing it
  }
}
