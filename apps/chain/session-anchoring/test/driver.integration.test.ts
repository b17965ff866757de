import { signHash, signingKeyFromSeed } from '@lucid/ledger';
import type { FakeClock } from '@lucid/testing';
import { beforeEach, expect, test } from 'vitest';
import type { AnchoringRequest } from '../src/domain/anchoring-document.ts';
import { EXPIRY_MS } from '../src/domain/delivery.ts';
import type { PretendedEngine } from './pretended-engine.ts';
import { POLL_MS, type Rig } from './rig.ts';
import { stages } from './stages.ts';
import { manifestKey, requestMaker } from './support.ts';

const otherKey = signingKeyFromSeed('05'.repeat(32));
const OTHER: Partial<Record<string, string>> = { manifest_public_key: otherKey.publicKey };
/** Signed by the key that it names. */
const resigned = (asked: AnchoringRequest): AnchoringRequest => {
  const key = asked.manifest_public_key === otherKey.publicKey ? otherKey : manifestKey;
  return { ...asked, manifest_signature: signHash(asked.manifest_hash, key) };
};
const nextStage = stages('anchoring');
const maker = requestMaker('driver');
let clock: FakeClock;
let engine: PretendedEngine;
let rig: Rig;

beforeEach(async () => {
  ({ clock, engine, rig } = await nextStage());
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
