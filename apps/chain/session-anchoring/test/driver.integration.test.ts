import { randomInt } from 'node:crypto';
import { ServiceError } from '@lucid/errors';
import { signHash, signingKeyFromSeed, txHash, ZERO_HASH } from '@lucid/ledger';
import { FakeClock, startTestMongo, type TestMongo } from '@lucid/testing';
import { type Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AnchoringRequest } from '../src/domain/anchoring-document.ts';
import type { CheckpointRequest } from '../src/domain/checkpoint-document.ts';
import { EXPIRY_MS } from '../src/domain/delivery.ts';
import { Crash, CrashPoints } from './crash-points.ts';
import { PretendedEngine } from './pretended-engine.ts';
import { LEASE_MS, openRig, POLL_MS, type Rig } from './rig.ts';
import { manifestKey, requestMaker } from './support.ts';

const otherKey = signingKeyFromSeed('05'.repeat(32));
const OTHER: Partial<Record<string, string>> = { manifest_public_key: otherKey.publicKey };
/** Signed by the key that it names. */
const resigned = (asked: AnchoringRequest): AnchoringRequest => {
  const key = asked.manifest_public_key === otherKey.publicKey ? otherKey : manifestKey;
  return { ...asked, manifest_signature: signHash(asked.manifest_hash, key) };
};
let mongo: TestMongo;
let client: MongoClient;
let database: Db;
let clock: FakeClock;
let engine: PretendedEngine;
let rig: Rig;
let databases = 0;
const maker = requestMaker('driver');

beforeAll(async () => {
  mongo = await startTestMongo();
  client = await new MongoClient(mongo.uri('anchoring')).connect();
});
afterAll(async () => {
  await client?.close();
  await mongo?.close();
});
beforeEach(async () => {
  database = client.db(`anchoring_${databases++}`);
  clock = new FakeClock(Date.UTC(2026, 0, 5));
  engine = new PretendedEngine(clock);
  rig = await openRig(database, { clock, engine, seed: 'rig' });
});

async function after(durationMs: number): Promise<void> {
  await clock.advance(durationMs);
  await rig.round();
}

test('goes from pending over processing and confirmed to final', async () => {
  const asked = maker.request();
  expect(await rig.request(asked)).toMatchObject({ status: 'pending', attempts: 0 });
  await rig.round();
  expect(await rig.found(asked.session_id)).toMatchObject({ status: 'processing', attempts: 1, lease: null });
  await after(POLL_MS);
  expect(await rig.found(asked.session_id)).toMatchObject({ status: 'processing' });
  engine.makeBlock();
  await after(POLL_MS);
  const confirmed = await rig.found(asked.session_id);
  expect(confirmed).toMatchObject({ status: 'confirmed', finalized: false, block_height: 1 });
  for (let block = 0; block < 5; block++) engine.makeBlock();
  await after(1000);
  expect(await rig.found(asked.session_id)).toMatchObject({ finalized: false });
  engine.makeBlock();
  await after(1000);
  expect(await rig.found(asked.session_id)).toMatchObject({ finalized: true, due_at_ms: null, lease: null });
  const [record] = engine.ofSession(asked.session_id);
  expect(record?.transaction.data).toEqual({
    session_id: asked.session_id,
    merkle_root: asked.merkle_root,
    manifest_hash: asked.manifest_hash,
    manifest_public_key: asked.manifest_public_key,
    chunk_count: asked.chunk_count,
    total_size: asked.total_size,
    owner_ref: asked.owner_ref,
    created_at: asked.created_at,
  });
  expect(JSON.stringify(record)).not.toContain(asked.user_id);
});

test('an engine that is away is waited for, longer each time, and gets the same transaction', async () => {
  const asked = maker.request();
  await rig.request(asked);
  engine.isAway = true;
  await rig.round();
  const first = await rig.found(asked.session_id);
  expect(first).toMatchObject({ status: 'pending', failures: 1, due_at_ms: clock.nowMs() + 5000 });
  for (const waitMs of [5000, 10_000, 20_000, 40_000, 60_000, 60_000]) await after(waitMs);
  expect(await rig.found(asked.session_id)).toMatchObject({ status: 'pending', failures: 7, refusals: 0 });
  engine.isAway = false;
  await after(60_000);
  const sent = await rig.found(asked.session_id);
  expect(sent).toMatchObject({ status: 'processing', failures: 0, transaction: first.transaction });
  expect(sent).not.toHaveProperty('error');
});

test('a transaction too old for the engine is signed anew only when the engine does not know it, and under its id', async () => {
  const asked = maker.request();
  await rig.request(asked);
  engine.isAway = true;
  await rig.round();
  const { transaction } = await rig.found(asked.session_id);
  await after(2 * 3_600_000);
  expect((await rig.found(asked.session_id)).transaction).toEqual(transaction);
  engine.isAway = false;
  await after(60_000);
  await rig.round();
  const anew = await rig.found(asked.session_id);
  expect(anew).toMatchObject({ status: 'processing', transaction: { tx_id: transaction?.tx_id } });
  expect(anew.transaction?.tx_hash).not.toBe(transaction?.tx_hash);
  expect(engine.ofSession(asked.session_id)).toHaveLength(1);
});

test('a transaction that arrived although nobody heard of it is found, not signed anew', async () => {
  const asked = maker.request();
  await rig.request(asked);
  const { send } = engine;
  engine.send = async (transactions) => {
    await send.call(engine, transactions);
    engine.isAway = true;
    return engine.find('') as never; // the answer is lost
  };
  await rig.round();
  engine.makeBlock();
  engine.isAway = false;
  await after(2 * 3_600_000);
  expect(await rig.found(asked.session_id)).toMatchObject({ status: 'confirmed', block_height: 1 });
});

test('what no block takes in time is handed in again, the same', async () => {
  const asked = maker.request();
  await rig.request(asked);
  await rig.round();
  await after(61_000);
  expect(await rig.found(asked.session_id)).toMatchObject({ status: 'pending', failures: 1 });
  await after(5000);
  expect(await rig.found(asked.session_id)).toMatchObject({ status: 'processing', attempts: 2 });
  expect(engine.ofSession(asked.session_id)).toHaveLength(1);
});

test('an engine that lost its memory is told again', async () => {
  const asked = maker.request();
  await rig.request(asked);
  await rig.round();
  engine.records.clear();
  await after(POLL_MS);
  expect(await rig.found(asked.session_id)).toMatchObject({ status: 'processing', failures: 0 });
  await after(2000);
  expect(await rig.found(asked.session_id)).toMatchObject({ status: 'pending', failures: 1 });
  await after(5000);
  engine.makeBlock();
  await after(POLL_MS);
  expect(await rig.found(asked.session_id)).toMatchObject({ status: 'confirmed' });
});

test('a dropped transaction is replaced by one with a new id', async () => {
  const asked = maker.request();
  await rig.request(asked);
  await rig.round();
  const [record] = engine.ofSession(asked.session_id);
  if (record) Object.assign(record, { status: 'dropped', reason: 'expired' });
  await after(POLL_MS);
  expect(await rig.found(asked.session_id)).toMatchObject({ status: 'pending', refusals: 1 });
  await after(5000);
  engine.makeBlock();
  await after(POLL_MS);
  const { transaction } = await rig.found(asked.session_id);
  expect(transaction?.tx_id).not.toBe(record?.transaction.tx_id);
});

test('what the engine refuses again and again fails, and says why', async () => {
  const asked = maker.request();
  await rig.request(asked);
  engine.refusesWith = 'LUCID_ERR_6102';
  await rig.round();
  for (let turn = 0; turn < 5; turn++) await after(60_000);
  expect(await rig.found(asked.session_id)).toMatchObject({
    status: 'failed',
    due_at_ms: null,
    error: expect.stringContaining('LUCID_ERR_6102'),
  });
});

test('what is still pending after a day expires, unless the engine has it', async () => {
  const [lost, arrived, untried] = [maker.request(), maker.request(), maker.request()];
  await rig.request(lost);
  await rig.request(arrived);
  engine.isAway = true;
  await rig.round();
  await rig.request(untried);
  await clock.advance(EXPIRY_MS);
  await rig.round();
  expect(await rig.found(lost.session_id)).toMatchObject({ status: 'pending' });
  expect(await rig.found(untried.session_id)).toMatchObject({ status: 'expired' });
  engine.isAway = false;
  const { transaction } = await rig.found(arrived.session_id);
  const kept = JSON.parse(transaction?.text ?? '');
  engine.records.set(kept.tx_id, {
    transaction: kept,
    tx_hash: transaction?.tx_hash ?? '',
    status: 'pending',
    submitted_at: kept.timestamp,
  });
  await after(60_000);
  expect(await rig.found(lost.session_id)).toMatchObject({ status: 'expired', due_at_ms: null });
  expect(await rig.found(arrived.session_id)).toMatchObject({ status: 'processing' });
});

test('twenty requests go out in two batches', async () => {
  await Promise.all(Array.from({ length: 20 }, () => rig.request(maker.request())));
  await rig.round();
  await rig.round();
  expect([engine.sends, engine.records.size]).toEqual([2, 20]);
});

test('the same request finds the same anchoring; another root, manifest or owner is a conflict', async () => {
  const asked = maker.request();
  const first = await rig.request(asked);
  expect((await rig.request(asked)).anchoring_id).toBe(first.anchoring_id);
  for (const name of ['merkle_root', 'manifest_hash', 'manifest_public_key', 'owner_ref'] as const)
    await expect(
      rig.request(resigned({ ...asked, [name]: OTHER[name] ?? 'ab'.repeat(32) })),
    ).rejects.toMatchObject({
      code: 6402,
    });
  await expect(rig.request({ ...asked, user_id: maker.random.uuid() })).rejects.toMatchObject({ code: 6402 });
  const at_once = maker.request();
  const racing = await Promise.all([1, 2, 3].map(() => rig.request(at_once)));
  expect(new Set(racing.map(({ anchoring_id }) => anchoring_id)).size).toBe(1);
});

/** A short life of the service, from the request to the final anchor; ends where it dies. */
async function live(points: CrashPoints, asked: ReturnType<typeof maker.request>[]): Promise<void> {
  try {
    const mortal = await openRig(database, {
      clock,
      engine: points.guard(engine),
      seed: 'mortal',
      around: (collection) => points.collection(collection),
    });
    await finish(mortal, asked);
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  }
}

async function finish(some: Rig, asked: AnchoringRequest[]): Promise<void> {
  for (const chunks of [0, 2]) {
    for (const request of asked) await putUnlessSealed(some, maker.checkpoint(request, chunks));
    await turns(some, 3);
  }
  for (const request of asked) await some.request(request);
  await turns(some, 14);
}

async function turns(some: Rig, count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    await some.round();
    engine.makeBlock();
    await clock.advance(1000);
  }
}

/** An heir repeats what was asked of the one before, who may have come further. */
const putUnlessSealed = (some: Rig, checkpoint: CheckpointRequest) =>
  some.put(checkpoint).catch((error: unknown) => {
    if (!(error instanceof ServiceError && error.code === 6406)) throw error;
  });

/** On the chain, in the order of their numbers. */
const rowOf = (sessionId: string) =>
  engine
    .ofSession(sessionId)
    .filter(({ transaction }) => transaction.type === 'data_storage')
    .map(({ transaction }) => ({ ...transaction.data, hash: txHash(transaction) }) as Record<string, unknown>)
    .toSorted((a, b) => Number(a.sequence) - Number(b.sequence));

/** Every step is tried with CRASH_STRIDE=1; by default every sixth, beginning at one of the first six. */
const CRASH_STRIDE = Number(process.env.CRASH_STRIDE ?? 6);
const FIRST_CRASH = Number(process.env.CRASH_FIRST ?? randomInt(1, CRASH_STRIDE + 1));

test.each(['before', 'after'] as const)(
  'dying %s any step anchors each session exactly once, with all its checkpoints in a row',
  {
    timeout: 240_000,
  },
  async (when) => {
    console.log(`CRASH_STRIDE=${CRASH_STRIDE} CRASH_FIRST=${FIRST_CRASH}`);
    for (let crashAt = FIRST_CRASH; ; crashAt += CRASH_STRIDE) {
      database = client.db(`anchoring_crash_${databases++}`);
      engine = new PretendedEngine(clock);
      const asked = [maker.request(), maker.request()];
      const points = new CrashPoints(crashAt, when);
      await live(points, asked);
      await clock.advance(LEASE_MS);
      const heir = await openRig(database, { clock, engine, seed: 'heir' });
      await finish(heir, asked);
      for (const { session_id } of asked) {
        const anchors = engine
          .ofSession(session_id)
          .filter(({ transaction }) => transaction.type === 'session_anchor');
        expect([crashAt, anchors.length]).toEqual([crashAt, 1]);
        const row = rowOf(session_id);
        expect(row.map(({ sequence, chunk_count }) => [sequence, chunk_count])).toEqual([
          [1, 0],
          [2, 2],
        ]);
        expect(row.map(({ previous }) => previous)).toEqual([ZERO_HASH, row[0]?.hash]);
        expect(await heir.found(session_id)).toMatchObject({
          status: 'confirmed',
          finalized: true,
          transaction: { tx_id: anchors[0]?.transaction.tx_id },
          checkpoints: { count: 2, last: row[1]?.hash },
        });
      }
      await database.dropDatabase();
      if (!points.hasCrashed) {
        expect(crashAt).toBeGreaterThan(40);
        return;
      }
    }
  },
);
