import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireLock, lockCondition } from '../src/system/lock.ts';

describe('the lock file', () => {
  let dir = '';
  let path = '';

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'lab-lock-'));
    path = join(dir, 'lock');
  });

  afterEach(() => rm(dir, { recursive: true }));

  it('is held by one at a time, however many want it', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      await using _lock = await acquireLock(path, { timeoutMs: 10_000 });
      most = Math.max(most, ++inside);
      await new Promise(setImmediate);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 8 }, work));
    expect(most).toBe(1);
    expect(await readdir(dir)).toEqual([]);
  });

  it('names its holder to those who wait, and gives up in time', async () => {
    await using _lock = await acquireLock(path, { timeoutMs: 1_000 });
    const seen: unknown[] = [];
    const wait = acquireLock(path, { timeoutMs: 250, onWait: (pid) => seen.push(pid) });
    await expect(wait).rejects.toMatchObject({ code: 'BUSY' });
    expect(seen).toEqual([process.pid]);
    expect(await lockCondition(path)).toBe('held');
  });

  it.each(['{"pid":1073741824,"startTicks":1,"bootId":"b","token":"t"}', '', 'nonsense'])(
    'is taken over from a holder that has died: %j',
    async (text) => {
      await writeFile(path, text);
      expect(await lockCondition(path)).toBe('abandoned');
      await using _lock = await acquireLock(path, { timeoutMs: 2_000 });
      expect(await lockCondition(path)).toBe('held');
    },
  );

  it('is not waited for once the run is interrupted', async () => {
    await using _lock = await acquireLock(path, { timeoutMs: 1_000 });
    const wait = acquireLock(path, { timeoutMs: 5_000, signal: AbortSignal.abort() });
    await expect(wait).rejects.toMatchObject({ code: 'ABORTED', exitCode: 130 });
  });
});
