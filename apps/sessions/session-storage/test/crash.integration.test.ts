import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Random, seededRandom, systemClock } from '@lucid/clock';
import { crashSeeds, eventually } from '@lucid/testing';
import { expect, it } from 'vitest';
import { mortalStorage } from './support/mortal-storage.ts';
import { chunkPath, NAME, putHeaders, sha256 } from './support/storage.ts';

const KILLS = 3;
const { folder, start, asProcessor } = mortalStorage('storage-crash');

interface Upload {
  session: string;
  sequence: number;
  bytes: Buffer;
}

/** Uploads one chunk after the other until the service is gone. @param acknowledged gets what was */
async function upload(url: string, random: Random, acknowledged: Upload[]): Promise<void> {
  const session = randomUUID();
  for (let sequence = 1; ; sequence++) {
    const bytes = random.bytes(1 + Math.floor(random.fraction() * 400_000));
    const headers = { ...(await asProcessor()), ...putHeaders(bytes) };
    try {
      const answer = await fetch(url + chunkPath(session, sequence), { method: 'PUT', headers, body: bytes });
      if (answer.status !== 201) throw new TypeError(`answered ${answer.status}`);
      acknowledged.push({ session, sequence, bytes });
    } catch {
      return; // killed under way
    }
  }
}

async function expectStored(url: string, { session, sequence, bytes }: Upload): Promise<void> {
  const headers = await asProcessor();
  const answer = await fetch(url + chunkPath(session, sequence), { headers });
  expect([sequence, answer.status]).toEqual([sequence, 200]);
  expect(sha256(Buffer.from(await answer.arrayBuffer()))).toBe(sha256(bytes));
}

/** Every file under a final name has the content its name announces. */
async function expectWholeFiles(): Promise<number> {
  const files = await readdir(join(folder, 'active'), { recursive: true, withFileTypes: true });
  const chunks = files.filter((file) => file.isFile());
  for (const { parentPath, name } of chunks) {
    const hash = sha256(await readFile(join(parentPath, name)));
    expect(name.slice(7, 23)).toBe(hash.slice(0, 16));
  }
  return chunks.length;
}

it.each(crashSeeds())(
  'every acknowledged chunk survives kill -9 during uploads, whole (seed %s)',
  async (seed) => {
    const random = seededRandom(seed);
    const acknowledged: Upload[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const storage = await start(`storage_crash_${seed}`);
      const writers = [1, 2, 3, 4].map((writer) =>
        upload(storage.url, seededRandom(`${seed} ${kill} ${writer}`), acknowledged),
      );
      const before = acknowledged.length;
      await eventually('more than one chunk is acknowledged', () => acknowledged.length > before + 1);
      await systemClock.sleep(random.fraction() * 500); // the moment of the crash, not a wait for a condition
      await storage.kill();
      await Promise.all(writers);
    }
    await using storage = await start(`storage_crash_${seed}`);
    expect(acknowledged.length).toBeGreaterThan(KILLS);
    for (const one of acknowledged) await expectStored(storage.url, one);
    expect(await expectWholeFiles()).toBeGreaterThanOrEqual(acknowledged.length);
    expect(await readdir(join(folder, 'incoming', `${NAME}-1`))).toEqual([]);
    const counters = (await (await fetch(`${storage.url}/api/v1/storage/status`)).json()) as {
      chunks_total: number;
    };
    expect(counters.chunks_total).toBeGreaterThanOrEqual(acknowledged.length);
  },
  60_000,
);
