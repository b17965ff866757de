import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LabError } from '../errors.ts';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';
import { waitFor } from './wait-for.ts';

export interface Lock extends AsyncDisposable {
  readonly path: string;
}

export interface LockOptions {
  readonly timeoutMs: number;
  /** Called once, when somebody else holds the lock. */
  readonly onWait?: (holder: number | undefined) => void;
  readonly signal?: AbortSignal;
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseHolder(text: string): (ProcessIdentity & { token: string }) | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // half a file cannot be: it is linked whole. Somebody else's text is stale.
  }
}

/** `free`: nobody has it; `abandoned`: its holder has ended without giving it back. */
export async function lockCondition(path: string): Promise<'free' | 'held' | 'abandoned'> {
  const text = await read(path);
  if (text === undefined) return 'free';
  const holder = parseHolder(text);
  return holder !== undefined && (await isAlive(holder)) ? 'held' : 'abandoned';
}

/** Moves a dead owner's lock away; two takers cannot both succeed, for rename moves a name only once. */
async function removeStale(path: string, seen: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  // Between reading and moving a new owner may have come: give the name back to it.
  if ((await read(aside)) !== seen) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

/**
 * Takes an exclusive lock file that names its owner (pid and start time), waiting while it lives.
 * @throws LabError BUSY after `timeoutMs`, ABORTED when the signal fires.
 */
export async function acquireLock(path: string, options: LockOptions): Promise<Lock> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const token = randomUUID();
  const mine = `${path}.${token}`;
  await writeFile(mine, JSON.stringify({ ...(await identify(process.pid)), token }));
  let told = false;
  try {
    const taken = await waitFor(
      async () => {
        if (options.signal?.aborted) throw new LabError('ABORTED', 'interrupted');
        const won = await link(mine, path).then(
          () => true,
          (error: NodeJS.ErrnoException) => {
            if (error.code === 'EEXIST') return false;
            throw error;
          },
        );
        if (won) return true;
        const seen = await read(path);
        if (seen === undefined) return false;
        const holder = parseHolder(seen);
        if (holder === undefined || !(await isAlive(holder))) await removeStale(path, seen);
        else if (!told) {
          told = true;
          options.onWait?.(holder.pid);
        }
        return false;
      },
      options.timeoutMs,
      100,
    );
    if (!taken) throw new LabError('BUSY', `another lab run holds ${path}`);
  } finally {
    await rm(mine, { force: true });
  }
  return {
    path,
    async [Symbol.asyncDispose]() {
      const text = await read(path);
      if (text !== undefined && parseHolder(text)?.token === token) await rm(path, { force: true });
    },
  };
}
