import type { ServiceError } from '@lucid/errors';
import type { Transaction } from '@lucid/ledger';
import { FakeClock, startTestMongo, type TestMongo } from '@lucid/testing';
import { type Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { alignMempool } from '../src/adapters/catch-up.ts';
import { checkChain } from '../src/adapters/check-chain.ts';
import { PENDING_EXPIRY_MS, SWEEP_EVERY_MS } from '../src/adapters/sweep.ts';
import { BLOCK_TIME_MS, LEASE_MS, openRig, type Rig, settle } from './rig.ts';
import { clientKey, transactionMaker, validatorKey } from './support.ts';

let mongo: TestMongo;
let client: MongoClient;
let database: Db;
let clock: FakeClock;
let databases = 0;
const maker = transactionMaker('writer', () => clock.nowMs());

beforeAll(async () => {
  mongo = await startTestMongo();
  client = await new MongoClient(mongo.uri('writer')).connect();
});
afterAll(async () => {
  await client?.close();
  await mongo?.close();
});
beforeEach(() => {
  database = client.db(`writer_${databases++}`);
  clock = new FakeClock(Date.UTC(2026, 0, 5));
});

const heightOf = async ({ ledger }: Rig) => (await ledger.blocks.head())?._id;
const skipped = async ({ instruments }: Rig) => {
  const { values } = await instruments.ticks_skipped_total.get();
  return Object.fromEntries(values.map(({ labels, value }) => [labels.reason, value]));
};

test('one block per tick, none twice, and late ticks are counted', async () => {
  const rig = await openRig(database, { clock });
  await settle(rig);
  await settle(rig);
  expect(await heightOf(rig)).toBe(1);
  await clock.advance(BLOCK_TIME_MS);
  await settle(rig);
  expect(await heightOf(rig)).toBe(2);
  await clock.advance(4 * BLOCK_TIME_MS);
  await settle(rig);
  expect(await heightOf(rig)).toBe(3);
  expect(await skipped(rig)).toEqual({ late: 3 });
});

test('after a restart within a tick that has its block, the tick stays as it is', async () => {
  await settle(await openRig(database, { clock }));
  const again = await openRig(database, { clock });
  await settle(again);
  expect([again.producer.state, await heightOf(again)]).toEqual(['active', 1]);
});

test('a clock that was set back makes no blocks until it has caught up', async () => {
  const rig = await openRig(database, { clock });
  await settle(rig);
  const earlier = new FakeClock(Date.UTC(2026, 0, 5) - 5000);
  const behind = await openRig(database, { clock: earlier });
  await settle(behind);
  expect(await heightOf(behind)).toBe(1);
  await earlier.advance(5000 + BLOCK_TIME_MS);
  await settle(behind);
  expect(await heightOf(behind)).toBe(2);
});

test('without empty blocks only transactions make one', async () => {
  const rig = await openRig(database, { clock, makesEmptyBlocks: false });
  await settle(rig);
  await clock.advance(BLOCK_TIME_MS);
  await settle(rig);
  expect(await heightOf(rig)).toBe(0);
  await rig.submissions.submit(maker.plain());
  await clock.advance(BLOCK_TIME_MS);
  await settle(rig);
  expect([await heightOf(rig), await skipped(rig)]).toEqual([1, {}]);
});

test('a second instance stands by, and takes over when the lease ends', async () => {
  const first = await openRig(database, { clock, holder: 'a' });
  const second = await openRig(database, { clock, holder: 'b' });
  await settle(first);
  await settle(second);
  expect([first.producer.state, second.producer.state]).toEqual(['active', 'standby']);
  await second.submissions.submit(maker.plain());
  await clock.advance(LEASE_MS + 1);
  await settle(second);
  expect([second.producer.state, await heightOf(second)]).toEqual(['active', 2]);
  await clock.advance(BLOCK_TIME_MS);
  await settle(first);
  expect([first.producer.state, await heightOf(first)]).toEqual(['standby', 2]);
  expect((await second.instruments.leader_takeovers_total.get()).values[0]?.value).toBe(1);
});

test('the same instance takes its lease back at once when it starts, but not later', async () => {
  await settle(await openRig(database, { clock, holder: 'a' }));
  const reborn = await openRig(database, { clock, holder: 'a' });
  await settle(reborn);
  expect(reborn.producer.state).toBe('active');
  expect(await reborn.lease.acquire(false)).toBeUndefined();
});

test('a writer that does not know it was replaced cannot put a second block on a height', async () => {
  const zombie = await openRig(database, { clock, holder: 'a' });
  await settle(zombie);
  vi.spyOn(zombie.lease, 'renew').mockResolvedValue(true);
  await clock.advance(LEASE_MS + 1);
  const heir = await openRig(database, { clock, holder: 'b' });
  const transaction = maker.plain();
  await heir.submissions.submit(transaction);
  await settle(heir);
  expect(await heightOf(heir)).toBe(2);
  await settle(zombie); // its next block would be height 2 as well
  await clock.advance(BLOCK_TIME_MS);
  await settle(zombie);
  await settle(heir);
  const tip = (await heightOf(heir)) ?? 0;
  const checked = await checkChain(heir.ledger, heir.validators, { from: 0, to: tip });
  expect(checked).toEqual({ blocks: tip + 1, transactions: 2 });
});

test('system first, then anchors, then the rest, each in order of arrival', async () => {
  const rig = await openRig(database, { clock });
  await settle(rig);
  const plain = [maker.plain(), maker.plain()];
  const anchors = [maker.anchor(), maker.anchor()];
  const system = [maker.beacon()];
  await rig.submissions.submitAll([...plain, ...anchors]);
  await rig.submissions.submitAll(system);
  await clock.advance(BLOCK_TIME_MS);
  await settle(rig);
  const expected = [...system, ...anchors, ...plain].map(({ tx_id }) => tx_id);
  expect((await rig.ledger.blocks.tip())?.transaction_ids).toEqual(expected);
});

test('a transaction that no longer holds is dropped with its reason, and the others go through', async () => {
  const rig = await openRig(database, { clock });
  await settle(rig);
  const [good, bad] = [maker.plain(), maker.plain()];
  await rig.submissions.submitAll([good, bad]);
  const forged = JSON.stringify({ ...bad, data: { note: 'other' } });
  await database
    .collection<{ _id: string }>('transactions')
    .updateOne({ _id: bad.tx_id }, { $set: { text: forged } });
  await clock.advance(BLOCK_TIME_MS);
  await settle(rig);
  expect((await rig.ledger.blocks.tip())?.transaction_ids).toEqual([good.tx_id]);
  expect(await rig.ledger.transactions.find(bad.tx_id)).toMatchObject({
    status: 'failed',
    reason: expect.stringContaining('signature'),
  });
  expect(await rig.ledger.mempool.ids()).toEqual([]);
});

test('what has waited for a day is dropped', async () => {
  const rig = await openRig(database, { clock, holder: 'a' });
  await rig.submissions.submit(maker.plain());
  const [waiting] = await rig.ledger.transactions.pending();
  await database
    .collection<{ _id: string }>('mempool')
    .updateOne(
      { _id: waiting?._id ?? '' },
      { $set: { received_at_ms: clock.nowMs() - PENDING_EXPIRY_MS - 1 } },
    );
  vi.spyOn(rig.ledger.mempool, 'first').mockResolvedValue([]); // as if every block were full
  await settle(rig);
  await clock.advance(SWEEP_EVERY_MS);
  await settle(rig);
  await settle(rig);
  expect(await rig.ledger.transactions.find(waiting?._id ?? '')).toMatchObject({ status: 'dropped' });
});

test('the same transaction is accepted again, other content under its id is not', async () => {
  const rig = await openRig(database, { clock });
  await settle(rig);
  const transaction = maker.plain();
  const other = maker.plain({ tx_id: transaction.tx_id });
  expect(await rig.submissions.submit(transaction)).toMatchObject({ status: 'pending' });
  expect(await rig.submissions.submit(transaction)).toMatchObject({ status: 'pending' });
  await expect(rig.submissions.submit(other)).rejects.toMatchObject({ code: 6105 });
  await clock.advance(BLOCK_TIME_MS);
  await settle(rig);
  await clock.advance(2 * 3_600_000);
  expect(await rig.submissions.submit(transaction)).toMatchObject({ status: 'confirmed', block_height: 2 });
  const within = await rig.submissions.submitAll([other, transaction, maker.plain(), other]);
  const codes = within.map((outcome) => ('document' in outcome ? 'taken' : outcome.refusal.code));
  expect(codes).toEqual([6105, 'taken', 'taken', 6105]);
});

test('two that hand in one id at the same time agree on who was first', async () => {
  const rig = await openRig(database, { clock });
  const one = maker.plain();
  const two = maker.plain({ tx_id: one.tx_id });
  const outcomes = await Promise.allSettled([one, two, one, two].map((tx) => rig.submissions.submit(tx)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  expect((await rig.ledger.mempool.ids()).length).toBe(1);
});

test('a full mempool refuses new ones and still knows the old ones', async () => {
  const rig = await openRig(database, { clock, maxWaiting: 2 });
  const known = maker.plain();
  await rig.submissions.submitAll([known, maker.plain()]);
  await expect(rig.submissions.submit(maker.plain())).rejects.toMatchObject({ code: 6106, status: 503 });
  expect(await rig.submissions.submit(known)).toMatchObject({ status: 'pending' });
});

test('a transaction without a place in the queue gets one, and a place without a transaction goes', async () => {
  const rig = await openRig(database, { clock });
  const transaction = maker.plain();
  await rig.submissions.submit(transaction);
  await rig.ledger.mempool.remove([transaction.tx_id]);
  await rig.ledger.mempool.add([
    { _id: 'nobody', priority: 2, received_at_ms: 1, sequence: 0, size_bytes: 1 },
  ]);
  await alignMempool(rig.ledger);
  expect(await rig.ledger.mempool.ids()).toEqual([transaction.tx_id]);
});

test('system transactions are taken from those they are for, and each proof once', async () => {
  const rig = await openRig(database, { clock });
  await settle(rig);
  const refused = async (data: Transaction['data'], key = validatorKey) =>
    rig.submissions
      .submit(maker.plain({ type: 'system', data }, key))
      .catch((error: ServiceError) => error.code);
  const registration = { kind: 'node_registration', node_id: 'node-2', public_key: clientKey.publicKey };
  expect(await refused({ kind: 'note' })).toBe(6208);
  expect(await refused(registration, clientKey)).toBe(6109);
  const beacon = maker.beacon();
  expect(await refused(beacon.data, clientKey)).toBe(6208); // another key than the node's
  expect(await refused({ ...beacon.data, slot: Number(beacon.data.slot) - 3 })).toBe(6208);
  await rig.submissions.submit(beacon);
  await rig.submissions.submit(maker.beacon()); // of one mempool, whichever comes first
  await clock.advance(BLOCK_TIME_MS);
  await settle(rig);
  expect((await rig.ledger.blocks.tip())?.transaction_ids).toEqual([beacon.tx_id]);
  expect(await refused(maker.beacon().data)).toBe(6209);
  const again = await openRig(database, { clock });
  await expect(again.submissions.submit(maker.beacon())).rejects.toMatchObject({ code: 6209 });
});

test('data that looks like an operator, a dotted path or a BSON type comes back as it was', async () => {
  const rig = await openRig(database, { clock });
  await settle(rig);
  const data = JSON.parse(
    '{"$set":{"a.b":1},"_bsontype":"ObjectId","__proto__":{"x":1},"10":1,"9":2,"n":1.5e300}',
  );
  const transaction = maker.plain({ data });
  await rig.submissions.submit(transaction);
  await clock.advance(BLOCK_TIME_MS);
  await settle(rig);
  const tip = (await heightOf(rig)) ?? 0;
  expect((await checkChain(rig.ledger, rig.validators, { from: 0, to: tip })).fault).toBeUndefined();
});
