import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Random, seededRandom, systemClock } from '@lucid/clock';
import {
  type SpawnedService,
  spawnService,
  startTestMongo,
  TestIdentities,
  temporaryFolder,
} from '@lucid/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CALLERS, chunkPath, NAME, PROCESSOR, putHeaders, sha256 } from './support/storage.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');
const KILLS = 3;
const identities = new TestIdentities();
const data = temporaryFolder('storage-crash');
let mongo: Awaited<ReturnType<typeof startTestMongo>>;

beforeAll(async () => {
  for (const name of [NAME, ...CALLERS]) identities.pemOf(name);
  mongo = await startTestMongo();
});
afterAll(async () => {
  await mongo?.close();
  data.remove();
  identities[Symbol.dispose]();
});

const start = (seed: string): Promise<SpawnedService> =>
  spawnService({
    main: MAIN,
    environment: {
      ...identities.environment(NAME, CALLERS),
      MONGODB_URI: mongo.uri(`storage_crash_${process.pid}_${seed}`),
      DATA_DIR: data.path,
      MIN_FREE_DISK_MB: '0',
    },
  });

interface Upload {
  session: string;
  sequence: number;
  bytes: Buffer;
}

/** Uploads one chunk after the other until the service is gone. @returns what was acknowledged */
async function upload(url: string, random: Random): Promise<Upload[]> {
  const acknowledged: Upload[] = [];
  const session = randomUUID();
  for (let sequence = 1; ; sequence++) {
    const bytes = random.bytes(1 + Math.floor(random.fraction() * 400_000));
    const headers = { ...(await identities.headers(PROCESSOR, NAME)), ...putHeaders(bytes) };
    try {
      const answer = await fetch(url + chunkPath(session, sequence), { method: 'PUT', headers, body: bytes });
      if (answer.status !== 201) throw new TypeError(`answered ${answer.status}`);
      acknowledged.push({ session, sequence, bytes });
    } catch {
      return acknowledged; // killed under way
    }
  }
}

async function expectStored(url: string, { session, sequence, bytes }: Upload): Promise<void> {
  const headers = await identities.headers(PROCESSOR, NAME);
  const answer = await fetch(url + chunkPath(session, sequence), { headers });
  expect([sequence, answer.status]).toEqual([sequence, 200]);
  expect(sha256(Buffer.from(await answer.arrayBuffer()))).toBe(sha256(bytes));
}

/** Every file under a final name has the content its name announces. */
async function expectWholeFiles(): Promise<number> {
  const files = await readdir(join(data.path, 'active'), { recursive: true, withFileTypes: true });
  const chunks = files.filter((file) => file.isFile());
  for (const { parentPath, name } of chunks) {
    const hash = sha256(await readFile(join(parentPath, name)));
    expect(name.slice(7, 23)).toBe(hash.slice(0, 16));
  }
  return chunks.length;
}

/** Seeds of CRASH_SEEDS (comma-separated), else one new one. */
const seeds = (process.env.CRASH_SEEDS ?? String(Date.now())).split(',');

it.each(seeds)(
  'every acknowledged chunk survives kill -9 during uploads, whole (seed %s)',
  async (seed) => {
    process.stdout.write(`crash seed: ${seed} (repeat with CRASH_SEEDS=${seed})\n`);
    const random = seededRandom(seed);
    const acknowledged: Upload[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const storage = await start(seed);
      const writers = [1, 2, 3, 4].map((writer) =>
        upload(storage.url, seededRandom(`${seed} ${kill} ${writer}`)),
      );
      await systemClock.sleep(100 + random.fraction() * 500); // the moment of the crash, not a wait for a condition
      await storage.kill();
      acknowledged.push(...(await Promise.all(writers)).flat());
    }
    await using storage = await start(seed);
    expect(acknowledged.length).toBeGreaterThan(KILLS);
    for (const one of acknowledged) await expectStored(storage.url, one);
    expect(await expectWholeFiles()).toBeGreaterThanOrEqual(acknowledged.length);
    expect(await readdir(join(data.path, 'incoming', `${NAME}-1`))).toEqual([]);
    const counters = (await (await fetch(`${storage.url}/api/v1/storage/status`)).json()) as {
      chunks_total: number;
    };
    expect(counters.chunks_total).toBeGreaterThanOrEqual(acknowledged.length);
  },
  60_000,
);
