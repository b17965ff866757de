import type { Memory } from '@lucid/consensus';
import { type Block, epochAt, SLOT_DURATION_MS, slotAt, slotStartMs } from '@lucid/ledger';
import { silentLogger } from '@lucid/logging';
import { openCollection } from '@lucid/mongo';
import { firstSlotOfEpoch } from '@lucid/poot';
import { FakeClock, startTestMongo, type TestMongo } from '@lucid/testing';
import { type Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MemoryStore, memoryDefinition } from '../src/adapters/consensus/memory-store.ts';
import { Ranking } from '../src/adapters/consensus/ranking.ts';
import { openRankingStore } from '../src/adapters/consensus/ranking-store.ts';
import { keepTransactions } from '../src/adapters/keep-transactions.ts';
import { BLOCK_TIME_MS, openRig, type Rig, settle } from './rig.ts';
import { NODE_ID, transactionMaker } from './support.ts';

let mongo: TestMongo;
let client: MongoClient;
let database: Db;
let clock: FakeClock;
let databases = 0;
const maker = transactionMaker('stores', () => clock.nowMs());

beforeAll(async () => {
  mongo = await startTestMongo();
  client = await new MongoClient(mongo.uri('stores')).connect();
});
afterAll(async () => {
  await client?.close();
  await mongo?.close();
});
beforeEach(() => {
  database = client.db(`stores_${databases++}`);
  clock = new FakeClock(slotStartMs(slotAt(Date.UTC(2026, 0, 5))) + 1000);
});

describe('the memory of votes', () => {
  const vote = (block_hash: string | null) => ({
    phase: 'prevote' as const,
    height: 7,
    view: 40,
    block_hash,
    validator: NODE_ID,
    signature: '0'.repeat(128),
  });
  const memory = (over: Partial<Memory<Block>> = {}): Memory<Block> => ({
    version: 1,
    validator: NODE_ID,
    novice: false,
    silent_through_slot: null,
    height: 7,
    view: 40,
    proposal: null,
    prevote: vote('ab'.repeat(32)),
    precommit: null,
    locked: null,
    valid: null,
    ...over,
  });
  const open = async () => new MemoryStore(await openCollection(database, memoryDefinition));
  const blockOf = ({ validators }: Rig, mark: string): Block => ({
    ...validators.genesis,
    hash: mark.repeat(32),
    transactions: [maker.plain({ data: { $set: { 'a.b': 1 }, mark } })],
  });
  const bound = (block: Block) =>
    memory({
      valid: { block, pol: { view: 40, votes: [{ validator: NODE_ID, signature: '0'.repeat(128) }] } },
    });

  test('comes back as it was written, with the block it is bound to', async () => {
    const rig = await openRig(client.db(`stores_${databases++}`), { clock });
    const store = await open();
    expect(await store.claim(1)).toBeNull();
    await store.save(memory(), 1);
    expect(await (await open()).claim(2)).toEqual(memory());
    const again = await open();
    await again.claim(3);
    for (const mark of ['cd', 'ef']) {
      const written = bound(blockOf(rig, mark));
      await again.save(written, 3);
      expect(await (await open()).claim(3)).toEqual(written);
    }
    const kept = await database.collection('consensus_memory').countDocuments();
    expect(kept).toBe(2); // the memory and the one block
    await again.save(memory(), 3);
    expect(await database.collection('consensus_memory').countDocuments()).toBe(1);
  });

  test('takes nothing more from an instance whose lease is over, and is not claimed back by it', async () => {
    const old = await open();
    await old.claim(4);
    await old.save(memory(), 4);
    const heir = await open();
    expect(await heir.claim(5)).toEqual(memory());
    await expect(old.save(memory({ prevote: vote(null) }), 4)).rejects.toThrow('another instance votes');
    await expect(old.claim(4)).rejects.toThrow('another instance votes');
    expect(await (await open()).claim(5)).toEqual(memory());
  });
});

/** A sole validator works for some slots, and proves it. */
async function work(rig: Rig, slots: number): Promise<void> {
  for (let slot = 0; slot < slots; slot++) {
    await settle(rig);
    await rig.submissions.submitAll([
      maker.beacon(),
      maker.beacon({ type: 'relay_bandwidth', value: { bytes_transferred: 10 ** 9 } } as never),
    ]);
    await clock.advance(BLOCK_TIME_MS);
    await settle(rig);
    await clock.advance(SLOT_DURATION_MS - BLOCK_TIME_MS);
  }
  await settle(rig);
}

describe('the ranking', () => {
  test('is the same from a kept snapshot, from the blocks alone, and beside a snapshot that is of no use', async () => {
    const rig = await openRig(database, { clock });
    await work(rig, 4);
    const kept = (await rig.ranking.atTip()).snapshot();
    expect(kept.work.length).toBeGreaterThan(0);
    const store = await openRankingStore(database);
    const { ledger, validators } = rig;
    const anew = () => new Ranking({ ledger, store, genesis: validators.genesis, logger: silentLogger() });
    expect((await store.load())?.tip.height).toBeGreaterThan(0);
    expect((await anew().atTip()).snapshot()).toEqual(kept);
    const state = database.collection<{ _id: string }>('consensus_state');
    const document = await state.findOne({ _id: 'poot' });
    const text = String((document as { text?: string } | null)?.text);
    await state.updateOne({ _id: 'poot' }, { $set: { text: text.replace('"version":1', '"version":99') } });
    expect((await anew().atTip()).snapshot()).toEqual(kept);
    await state.deleteOne({ _id: 'poot' });
    expect((await anew().atTip()).snapshot()).toEqual(kept);
  });

  test('leaves a row for every slot that is over, and for each proof', async () => {
    const first = slotAt(clock.nowMs());
    const rig = await openRig(database, { clock });
    await work(rig, 2);
    await clock.advance(2 * SLOT_DURATION_MS);
    await settle(rig);
    const rows = await database.collection('leader_schedule').find({}).sort({ _id: 1 }).toArray();
    expect(rows.map(({ slot, primary, result }) => [slot - first, primary, result.winner])).toEqual([
      [0, NODE_ID, NODE_ID],
      [1, NODE_ID, NODE_ID],
      [2, NODE_ID, NODE_ID],
      [3, NODE_ID, 'missed'],
    ]);
    expect(await database.collection('task_proofs').countDocuments({ node_id: NODE_ID })).toBe(4);
  });

  test('comes onto the chain with the first block of an epoch, as everybody computes it', async () => {
    const rig = await openRig(database, { clock });
    await work(rig, 2);
    await clock.advance(slotStartMs(firstSlotOfEpoch(epochAt(clock.nowMs()) + 1)) - clock.nowMs());
    await settle(rig);
    const tip = await rig.ledger.blocks.tip();
    const [tally] = await transactionsOf(rig, tip?.transaction_ids ?? []);
    expect(tally).toMatchObject({ type: 'system', data: { kind: 'tally', epoch: epochAt(clock.nowMs()) } });
    const [row] = await database.collection('work_tally').find({}).toArray();
    expect(row).toMatchObject({ entity_id: NODE_ID, rank: 1, epoch: epochAt(clock.nowMs()) });
    const state = await rig.ranking.atTip();
    expect(state.tallyInForce(slotAt(clock.nowMs()) + 1)?.hash).toBe(tally?.data.hash);
    await clock.advance(BLOCK_TIME_MS);
    await settle(rig);
    expect((await rig.ledger.blocks.tip())?.transaction_ids).toEqual([]); // once
  });

  test('knows the way over blocks that are decided but not kept yet, and no other', async () => {
    const source = await openRig(client.db(`stores_${databases++}`), { clock });
    await work(source, 2);
    const rig = await openRig(database, { clock });
    await rig.ranking.atTip();
    const blocks: Block[] = [];
    for await (const { _id } of source.ledger.blocks.range({ from: 1, to: 1000 }))
      blocks.push(
        await source.ledger.blocks.at(_id).then(async (document) => ({
          header: document?.header as Block['header'],
          hash: document?.hash ?? '',
          signature: document?.signature ?? '',
          transactions: await transactionsOf(source, document?.transaction_ids ?? []),
        })),
      );
    const last = blocks.at(-1) as Block;
    expect(blocks.length).toBeGreaterThan(2);
    expect(() => rig.ranking.after(last)).toThrow('the ranking stands at 0');
    rig.ranking.expect(blocks);
    expect(rig.ranking.after(last).snapshot()).toEqual((await source.ranking.atTip()).snapshot());
  });
});

async function transactionsOf({ ledger }: Rig, ids: readonly string[]) {
  const found = await ledger.transactions.findAll(ids);
  return ids.map((id) => JSON.parse(found.get(id)?.text ?? 'null') as Block['transactions'][number]);
}

test('what is decided takes the place of what waits under the same id, never of what stands on the chain', async () => {
  const rig = await openRig(database, { clock });
  await settle(rig);
  const waiting = maker.plain();
  const decided = maker.plain({ tx_id: waiting.tx_id });
  await rig.submissions.submit(waiting);
  await keepTransactions(rig.ledger, [decided, maker.plain()], '2026-01-05T00:00:00.000Z');
  expect(JSON.parse((await rig.ledger.transactions.find(waiting.tx_id))?.text ?? '')).toEqual(decided);
  await clock.advance(BLOCK_TIME_MS);
  await settle(rig);
  const kept = await rig.ledger.transactions.find(waiting.tx_id);
  expect(kept).toMatchObject({ status: 'confirmed' });
  await keepTransactions(rig.ledger, [waiting], '2026-01-05T00:00:00.000Z');
  expect(await rig.ledger.transactions.find(waiting.tx_id)).toEqual(kept);
});
