import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { sessionLikeBytes } from '@lucid/chunk-codec/testing';
import type { SealingKey } from '@lucid/contracts';
import {
  eventually,
  type SpawnedService,
  spawnService,
  startTestMongo,
  TestIdentities,
  type TestMongo,
} from '@lucid/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  API,
  FIRST_KEK,
  NAME,
  PIPELINE,
  PretendedStorage,
  SECOND_KEK,
  withDatabase,
} from './support/keys.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const MAIN = join(import.meta.dirname, '../src/main.ts');
const identities = new TestIdentities();
let mongo: TestMongo;
let storage: PretendedStorage;
const running = new Set<SpawnedService>();
const uri = () => mongo.uri(`keys_crash_${process.pid}`);

beforeAll(async () => {
  for (const name of [NAME, PIPELINE, API]) identities.pemOf(name);
  mongo = await startTestMongo();
  storage = await PretendedStorage.start();
});
afterAll(async () => {
  for (const service of running) await service.kill();
  await storage?.service[Symbol.asyncDispose]();
  await mongo?.close();
  identities[Symbol.dispose]();
});

async function spawn(environment: Record<string, string> = {}): Promise<SpawnedService> {
  const service = await spawnService({
    main: MAIN,
    environment: {
      MONGODB_URI: uri(),
      ENCRYPTION_KEY: FIRST_KEK,
      SESSION_STORAGE_URL: storage.service.url,
      ...identities.environment(NAME, [PIPELINE, API]),
      ...environment,
    },
  });
  running.add(service);
  return service;
}

async function mint(service: SpawnedService, sessionId: string): Promise<SealingKey> {
  const answer = await fetch(`${service.url}/api/v1/keys`, {
    method: 'POST',
    headers: { ...(await identities.headers(PIPELINE, NAME)), 'content-type': 'application/json' },
    body: JSON.stringify({ session_id: sessionId }),
  });
  return (await answer.json()) as SealingKey;
}

async function open(service: SpawnedService, sessionId: string): Promise<Buffer> {
  const headers = await identities.headers(API, NAME);
  const answer = await fetch(`${service.url}/api/v1/sessions/${sessionId}/chunks/1/plaintext`, { headers });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return Buffer.from(await answer.arrayBuffer());
}

describe('killed while it opens a chunk', () => {
  it('has written the opening down, and opens the chunk with the same key afterwards', async () => {
    const sessionId = randomUUID();
    const bytes = sessionLikeBytes(100_000, 4);
    const first = await spawn();
    const key = await mint(first, sessionId);
    storage.put(sessionId, 1, bytes, key);
    const release = storage.service.hang('getChunk', { sessionId });
    const opening = open(first, sessionId).catch((error: unknown) => error);
    await eventually('it asks storage', () => storage.service.callsOf('getChunk', sessionId) === 1);
    await first.kill();
    release();
    expect(await opening).toBeInstanceOf(Error);
    const openings = () =>
      withDatabase(uri(), (_keys, audit) =>
        audit.find({ session_id: sessionId, event: 'chunk_opened' }).sort({ at: 1 }).toArray(),
      );
    expect(await openings()).toMatchObject([{ outcome: 'started', caller: API, sequence_number: 1 }]);

    const second = await spawn();
    expect(await mint(second, sessionId)).toEqual(key);
    expect((await open(second, sessionId)).equals(bytes)).toBe(true);
    expect((await openings()).map(({ outcome }) => outcome)).toEqual(['started', 'done']);
    expect(await second.stop()).toBe(0);
  });
});

describe('a deployment with another or no key-encryption key', () => {
  it('does not start, says why, and tells nobody the key', async () => {
    const service = await spawn();
    await mint(service, randomUUID());
    await service.stop();
    const outcome = (environment: Record<string, string>) =>
      spawn(environment).then(
        () => 'started',
        (error: Error) => error.message,
      );
    expect(await outcome({ ENCRYPTION_KEY: SECOND_KEK })).toMatch(/code 1.*another ENCRYPTION_KEY/s);
    expect(await outcome({ ENCRYPTION_KEY: '' })).toMatch(/code 78.*ENCRYPTION_KEY is required/s);
    const wrong = await outcome({ ENCRYPTION_KEY: 'abc123' });
    expect(wrong).toMatch(/code 78/);
    expect(wrong).not.toContain('abc123');
    const previous = await outcome({ ENCRYPTION_KEY_PREVIOUS: 'def456' });
    expect(previous).toMatch(/code 78.*ENCRYPTION_KEY_PREVIOUS/s);
    expect(previous).not.toContain('def456');
    expect(await outcome({ ENCRYPTION_KEY: SECOND_KEK, ENCRYPTION_KEY_PREVIOUS: FIRST_KEK })).toBe('started');
  });
});
