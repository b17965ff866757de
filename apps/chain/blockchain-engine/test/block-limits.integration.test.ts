import type { BlockLimits } from '@lucid/ledger';
import { FakeClock, startTestMongo, TestIdentities, type TestMongo } from '@lucid/testing';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blockLimitsOf, config } from '../src/config.ts';
import { limitConflicts } from '../src/domain/limit-conflicts.ts';
import { BLOCK_TIME_MS, GENESIS_AT, openRig, type Rig, settle } from './rig.ts';
import { ENGINE, environment, NODE_ID, transactionMaker, validatorKey } from './support.ts';

const identities = new TestIdentities();
const MIB = 1024 * 1024;
const LIMITS: BlockLimits = { max_block_bytes: 128 * 1024, max_transactions: 4, max_anchors: 2 };
let mongo: TestMongo;
let client: MongoClient;
let clock: FakeClock;

beforeAll(async () => {
  mongo = await startTestMongo();
  client = await new MongoClient(mongo.uri('engine_limits')).connect();
  clock = new FakeClock(Date.now());
});
afterAll(async () => {
  await client?.close();
  await mongo?.close();
  identities[Symbol.dispose]();
});

const rigWith = (database: string, limits?: BlockLimits): Promise<Rig> =>
  openRig(client.db(database), {
    clock,
    genesis: {
      createdAt: GENESIS_AT,
      self: { validator: NODE_ID, public_key: validatorKey.publicKey },
      validators: [],
      ...(limits ? { limits } : {}),
    },
  });

/** Types of the transactions in the blocks that it takes until nobody waits. */
async function blocksUntilEmpty(rig: Rig): Promise<string[][]> {
  const blocks: string[][] = [];
  while ((await rig.ledger.mempool.ids()).length > 0) {
    await clock.advance(BLOCK_TIME_MS);
    await settle(rig);
    const tip = await rig.ledger.blocks.tip();
    const found = await rig.ledger.transactions.findAll(tip?.transaction_ids ?? []);
    blocks.push((tip?.transaction_ids ?? []).map((id) => found.get(id)?.type ?? '?'));
  }
  return blocks;
}

describe('a chain that was begun with limits of its own', () => {
  test('fills its blocks up to them and no further', async () => {
    const rig = await rigWith('own_limits', LIMITS);
    await settle(rig);
    expect(rig.validators.limits).toEqual(LIMITS);
    const maker = transactionMaker('limits', () => clock.nowMs());
    const anchors = Array.from({ length: 3 }, () => maker.anchor());
    const others = Array.from({ length: 5 }, () => maker.plain());
    await rig.submissions.submitAll([...others, ...anchors]);
    const [anchor, other] = ['session_anchor', 'data_storage'];
    expect(await blocksUntilEmpty(rig)).toEqual([
      [anchor, anchor, other, other],
      [anchor, other, other, other],
    ]);
  });

  test('counts bytes too: two large transactions do not fit, one always does', async () => {
    const rig = await rigWith('own_bytes', LIMITS);
    await settle(rig);
    const maker = transactionMaker('bytes', () => clock.nowMs());
    const large = () => maker.plain({ data: { text: 'x'.repeat(100 * 1024 - 20) } });
    await rig.submissions.submitAll([large(), large(), maker.plain()]);
    const sizes = (await blocksUntilEmpty(rig)).map(({ length }) => length);
    expect(sizes).toEqual([1, 2]);
    const heads = await rig.ledger.blocks.heads({ from: 1, to: 100 }, 'ascending');
    expect(Math.max(...heads.map(({ size_bytes }) => size_bytes))).toBeLessThanOrEqual(
      LIMITS.max_block_bytes,
    );
  });

  test('is not opened with others, and the refusal names the variables', async () => {
    await rigWith('other_limits', LIMITS);
    await expect(rigWith('other_limits', { ...LIMITS, max_anchors: 3 })).rejects.toThrow(
      'MAX_ANCHORS_PER_BLOCK is not what this chain was begun with',
    );
    await expect(rigWith('other_limits')).rejects.toThrow(
      'BLOCK_SIZE_LIMIT_MB and MAX_TRANSACTIONS_PER_BLOCK and MAX_ANCHORS_PER_BLOCK',
    );
    await rigWith('other_limits', { ...LIMITS });
    await rigWith('default_limits');
    await expect(rigWith('default_limits', LIMITS)).rejects.toThrow('MAX_TRANSACTIONS_PER_BLOCK');
  });
});

describe('limits from the configuration', () => {
  const limitsFor = (over: Record<string, string>) =>
    blockLimitsOf(
      config.load({
        ...environment,
        ...identities.environment(ENGINE, []),
        MONGODB_URI: 'mongodb://127.0.0.1/x',
        ...over,
      }),
    );

  test('are the seeds’ by default, and what the variables say otherwise', () => {
    expect(limitsFor({})).toEqual({ max_block_bytes: MIB, max_transactions: 1000, max_anchors: 100 });
    const over = {
      BLOCK_SIZE_LIMIT_MB: '16',
      MAX_TRANSACTIONS_PER_BLOCK: '20000',
      MAX_ANCHORS_PER_BLOCK: '7',
    };
    expect(limitsFor(over)).toEqual({ max_block_bytes: 16 * MIB, max_transactions: 20_000, max_anchors: 7 });
  });

  test.each([
    ['BLOCK_SIZE_LIMIT_MB', '17'],
    ['MAX_TRANSACTIONS_PER_BLOCK', '20001'],
    ['MAX_ANCHORS_PER_BLOCK', '0'],
  ])('%s=%s is more than any chain may have', (name, value) => {
    expect(() => limitsFor({ [name]: value })).toThrow(name);
  });

  test('conflict one by one', () => {
    const kept = { limits: LIMITS } as Parameters<typeof limitConflicts>[0];
    expect(limitConflicts(kept, { ...LIMITS })).toEqual([]);
    expect(limitConflicts(kept, { ...LIMITS, max_transactions: 5 })).toEqual(['MAX_TRANSACTIONS_PER_BLOCK']);
  });
});
