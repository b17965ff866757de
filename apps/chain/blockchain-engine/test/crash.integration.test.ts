import type { Transaction } from '@lucid/ledger';
import { FakeClock, startTestMongo, type TestMongo } from '@lucid/testing';
import { type Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkChain } from '../src/adapters/check-chain.ts';
import { CRASH_MODES, Crash, CrashingDatabase, type CrashMode } from './crashing-database.ts';
import { BLOCK_TIME_MS, openRig, type Rig, settle } from './rig.ts';
import { transactionMaker } from './support.ts';

let mongo: TestMongo;
let client: MongoClient;
let databases = 0;

beforeAll(async () => {
  mongo = await startTestMongo();
  client = await new MongoClient(mongo.uri('crashes')).connect();
});
afterAll(async () => {
  await client?.close();
  await mongo?.close();
});

interface Life {
  acknowledged: Transaction[];
  tried: Transaction[];
}

/** A short life of an engine: takes transactions, makes blocks, takes more. Ends where the database does. */
async function live(database: Db, clock: FakeClock): Promise<Life> {
  const maker = transactionMaker('crash', () => clock.nowMs());
  const life: Life = { acknowledged: [], tried: [] };
  try {
    const rig = await openRig(database, { clock });
    const submit = async (transactions: Transaction[]) => {
      life.tried.push(...transactions);
      const outcomes = await rig.submissions.submitAll(transactions);
      outcomes.forEach((outcome, index) => {
        const transaction = transactions[index];
        if (transaction && 'document' in outcome) life.acknowledged.push(transaction);
      });
    };
    await settle(rig);
    await submit([maker.plain(), maker.anchor(), maker.plain()]);
    await clock.advance(BLOCK_TIME_MS);
    await settle(rig);
    await submit([maker.anchor()]);
    await submit([maker.plain(), maker.plain()]);
    await clock.advance(BLOCK_TIME_MS);
    await settle(rig);
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  }
  return life;
}

async function transactionsOnChain({ ledger }: Rig): Promise<string[]> {
  const found: string[] = [];
  for await (const block of ledger.blocks.range({ from: 1, to: Number.MAX_SAFE_INTEGER }))
    found.push(...block.transaction_ids);
  return found;
}

/** Dies at one write, starts again, and is asked again for what it never acknowledged. */
async function dieAndRecover(crashAt: number, mode: CrashMode): Promise<boolean> {
  const database = client.db(`crash_${databases++}`);
  const clock = new FakeClock(Date.UTC(2026, 0, 5));
  const crashing = new CrashingDatabase(crashAt, mode);
  const { acknowledged, tried } = await live(crashing.wrap(database), clock);

  const rig = await openRig(database, { clock });
  await settle(rig);
  const before = new Set(await transactionsOnChain(rig));
  const pending = new Set(await rig.ledger.mempool.ids());
  for (const { tx_id } of acknowledged) expect(before.has(tx_id) || pending.has(tx_id)).toBe(true);
  const outcomes = await rig.submissions.submitAll(tried);
  expect(outcomes.every((outcome) => 'document' in outcome)).toBe(true);
  await clock.advance(BLOCK_TIME_MS);
  await settle(rig);

  const onChain = await transactionsOnChain(rig);
  expect(onChain.toSorted()).toEqual(tried.map(({ tx_id }) => tx_id).toSorted());
  const tip = (await rig.ledger.blocks.head())?._id ?? -1;
  const checked = await checkChain(rig.ledger, rig.validators, { from: 0, to: tip });
  expect(checked).toEqual({ blocks: tip + 1, transactions: tried.length + 1 });
  expect([await rig.ledger.mempool.ids(), await rig.ledger.transactions.pendingIds()]).toEqual([[], []]);
  expect(await rig.ledger.applied.read()).toBe(tip);
  for (const { tx_id } of tried)
    expect(await rig.ledger.transactions.find(tx_id)).toMatchObject({ status: 'confirmed' });
  await database.dropDatabase();
  return crashing.hasCrashed;
}

for (const mode of CRASH_MODES) {
  test(`dying ${mode} any write loses no transaction and doubles none`, { timeout: 120_000 }, async () => {
    let crashAt = 1;
    while (await dieAndRecover(crashAt, mode)) crashAt += 1;
    expect(crashAt).toBeGreaterThan(15); // the last round came through alive, so every write had its turn
  });
}
