import { randomUUID } from 'node:crypto';
import { sessionLikeBytes } from '@lucid/chunk-codec/testing';
import type { KeyAuditEntry } from '@lucid/contracts';
import { Registry } from '@lucid/metrics';
import { startTestMongo, TestIdentities, type TestMongo, testContext } from '@lucid/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KeyAudit } from '../src/adapters/key-audit.ts';
import { metrics } from '../src/metrics.ts';
import { API, PIPELINE, PretendedStorage, RunningKeys, withDatabase } from './support/keys.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let mongo: TestMongo;
let storage: PretendedStorage;
let keys: RunningKeys;
const uri = (name: string) => mongo.uri(`audit_${name}_${process.pid}`);
const user = { id: randomUUID(), role: 'user' };

beforeAll(async () => {
  mongo = await startTestMongo();
  storage = await PretendedStorage.start();
  keys = await RunningKeys.start(uri('main'), storage);
});
afterAll(async () => {
  await keys?.close();
  await storage?.service[Symbol.asyncDispose]();
  await mongo?.close();
});

async function entriesOf(sessionId: string, query = ''): Promise<KeyAuditEntry[]> {
  const answer = await keys.call(API, 'GET', `/keys/${sessionId}/audit${query}`);
  expect(answer.statusCode).toBe(200);
  return (answer.json() as { entries: KeyAuditEntry[] }).entries;
}

describe('the audit of a key', () => {
  it('says who made it, who opened what for whom and by which request, and who destroyed it', async () => {
    const requestId = randomUUID();
    const { sessionId, key } = await keys.mint();
    storage.put(sessionId, 1, sessionLikeBytes(1000, 1), key);
    await keys.open(sessionId, 1, { user, requestId });
    await keys.open(sessionId, 2, { user });
    await keys.call(PIPELINE, 'DELETE', `/keys/${sessionId}`);
    await keys.open(sessionId, 1);
    const entries = await entriesOf(sessionId);
    const of = (event: string) => entries.filter((entry) => entry.event === event);
    expect(of('key_created')).toMatchObject([{ outcome: 'done', caller: PIPELINE, session_id: sessionId }]);
    expect(of('key_destroyed')).toMatchObject([{ outcome: 'done', caller: PIPELINE }]);
    const openings = of('chunk_opened');
    expect(openings).toHaveLength(3);
    expect(openings).toContainEqual(
      expect.objectContaining({
        outcome: 'done',
        caller: API,
        user_id: user.id,
        request_id: requestId,
        sequence_number: 1,
        at: expect.stringMatching(/^\d{4}-.*Z$/),
      }),
    );
    expect(openings).toContainEqual(
      expect.objectContaining({ outcome: 'refused', sequence_number: 2, reason: '7153' }),
    );
    expect(openings).toContainEqual(expect.objectContaining({ outcome: 'refused', reason: '7151' }));
    expect(entries.map(({ at }) => at)).toEqual(
      entries
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
  });

  it('comes in pages, and only for the session that was asked for', async () => {
    const { sessionId, key } = await keys.mint();
    storage.put(sessionId, 1, Buffer.from('x'), key);
    for (const _each of [1, 2, 3, 4]) await keys.open(sessionId);
    const pages = [await entriesOf(sessionId, '?limit=3'), await entriesOf(sessionId, '?limit=3&page=2')];
    expect(pages.map((page) => page.length)).toEqual([3, 2]);
    expect(new Set(pages.flat().map(({ log_id }) => log_id)).size).toBe(5);
    expect(await entriesOf(randomUUID())).toEqual([]);
  });

  it('has nothing of a key in it', async () => {
    const { sessionId } = await keys.mint();
    await withDatabase(uri('main'), async (kept, audit) => {
      const wrapped = (await kept.findOne({ _id: sessionId }))?.wrapped_key ?? '';
      expect(JSON.stringify(await audit.find({ session_id: sessionId }).toArray())).not.toContain(wrapped);
    });
  });
});

describe('without an audit row', () => {
  it('nothing is opened, minted or destroyed', async () => {
    // A store that takes one row of each caller and no second.
    await withDatabase(uri('main'), async (_keys, audit) => {
      await audit.deleteMany({});
      await audit.createIndex({ caller: 1 }, { unique: true });
    });
    try {
      const { sessionId, key } = await keys.mint();
      storage.put(sessionId, 1, sessionLikeBytes(1000, 1), key);
      expect((await keys.open(sessionId)).statusCode).toBe(200);
      const asked = storage.service.calls.length;
      const another = randomUUID();
      for (const refused of [
        await keys.open(sessionId),
        await keys.call(PIPELINE, 'DELETE', `/keys/${sessionId}`),
        await keys.call(PIPELINE, 'POST', '/keys', { body: { session_id: another } }),
      ])
        expect([refused.statusCode, refused.json()]).toMatchObject([
          503,
          { error: { code: 'LUCID_ERR_7160' } },
        ]);
      expect(storage.service.calls.length).toBe(asked);
      await withDatabase(uri('main'), async (kept) => {
        expect((await kept.findOne({ _id: sessionId }))?.destroyed_at).toBeUndefined();
        expect(await kept.findOne({ _id: another })).toBeNull();
      });
    } finally {
      await withDatabase(uri('main'), (_keys, audit) => audit.dropIndex('caller_1'));
    }
  });

  it('of how it ended, what was opened is taken back and overwritten', async () => {
    const identities = new TestIdentities();
    const context = testContext({ service: 'lucid-session-keys', identities });
    const rows: string[] = [];
    const collection = {
      insertOne: async ({ outcome }: { outcome: string }) => void rows.push(outcome),
      updateOne: async () => {
        throw new Error('the store is gone');
      },
    };
    const audit = new KeyAudit({
      collection: collection as never,
      context,
      instruments: metrics.register(new Registry()),
    });
    const deed = {
      event: 'chunk_opened',
      sessionId: 's',
      caller: API,
      userId: undefined,
      requestId: 'r',
    } as const;
    const plaintext = Buffer.from('plaintext');
    const opening = audit.record(
      deed,
      async () => plaintext,
      (value) => value.fill(0),
    );
    await expect(opening).rejects.toMatchObject({ code: 7160, status: 503 });
    expect(plaintext.equals(Buffer.alloc(9))).toBe(true);
    expect(rows).toEqual(['started']); // which counts as opened
    identities[Symbol.dispose]();
  });
});
