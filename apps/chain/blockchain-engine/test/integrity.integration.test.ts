import { FakeClock, startTestMongo, type TestMongo, temporaryFolder } from '@lucid/testing';
import { type Db, MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { advanced, NO_PROGRESS, nextRound, nextStep } from '../src/domain/scan-progress.ts';
import { openDeps } from './deps.ts';
import { BLOCK_TIME_MS, openRig, type Rig, settle } from './rig.ts';
import { transactionMaker } from './support.ts';

const folder = temporaryFolder('engine-integrity');
let mongo: TestMongo;
let client: MongoClient;
let database: Db;
let clock: FakeClock;
let rig: Rig;
let deps: Awaited<ReturnType<typeof openDeps>>;
let repaired: number[];
let canRepair = false;

beforeAll(async () => {
  mongo = await startTestMongo();
  client = await new MongoClient(mongo.uri('engine_integrity')).connect();
});
afterAll(async () => {
  await client?.close();
  await mongo?.close();
  folder.remove();
});

/** A chain of heights 0 to 7 with a transaction each. */
beforeEach(async () => {
  database = client.db(`integrity_${Math.random().toString(36).slice(2)}`);
  clock = new FakeClock(Date.now());
  rig = await openRig(database, { clock });
  await settle(rig);
  repaired = [];
  canRepair = false;
  deps = await open();
  const maker = transactionMaker('integrity', () => clock.nowMs());
  while (((await rig.ledger.blocks.head())?._id ?? 0) < 7) {
    await rig.submissions.submit(maker.plain());
    await clock.advance(BLOCK_TIME_MS);
    await settle(rig);
  }
});
afterEach(() => database.dropDatabase());

const open = () =>
  openDeps(database, rig, {
    clock,
    folder: folder.path,
    repair: async (height) => {
      repaired.push(height);
      return canRepair;
    },
  });

/** Steps until a round is over. @returns how many it took */
async function round({ integrity } = deps): Promise<number> {
  const before = (await integrity.report()).rounds_completed;
  for (let step = 1; step < 50; step++) {
    await integrity.step();
    if ((await integrity.report()).rounds_completed > before) return step;
  }
  throw new Error('the round never ends');
}

const touch = (height: number) =>
  database
    .collection('blocks')
    .updateOne({ _id: height as never }, { $set: { 'header.merkle_root': 'ab'.repeat(32) } });

describe('the scan of all kept blocks', () => {
  test('knows nothing at first, then that the chain is whole, three blocks at a time', async () => {
    expect((await deps.integrity.report()).status).toBe('unknown');
    await round(); // found the tip
    expect(await round()).toBe(4); // 0–2, 3–5, 6–7, and the end of the round
    expect(await deps.integrity.report()).toMatchObject({
      status: 'whole',
      up_to_height: 7,
      next_height: 0,
      quarantined: [],
      quarantined_total: 0,
    });
    expect((await deps.integrity.report()).blocks_checked).toBeGreaterThanOrEqual(8);
  });

  test('goes on where it stopped, in another process', async () => {
    await round();
    await deps.integrity.step();
    expect((await deps.integrity.report()).next_height).toBe(3);
    const after = await open();
    await after.integrity.step();
    expect((await after.integrity.report()).next_height).toBe(6);
  });

  test('puts a damaged block on record with its reason, asks for a repair, and goes on behind it', async () => {
    await round();
    await touch(4);
    await round();
    const report = await deps.integrity.report();
    expect(report.status).toBe('damaged');
    expect(report.quarantined.find(({ height }) => height === 4)).toMatchObject({
      height: 4,
      source: 'scan',
      reason: 'its hash is not that of its header',
    });
    expect(report.quarantined.every(({ repaired_at }) => repaired_at === undefined)).toBe(true);
    expect(repaired).toContain(4);
    expect(report.next_height).toBe(0);
    expect(await deps.quarantine.openCount()).toBe(report.quarantined.length);
  });

  test('finds the same damage once, however often it looks', async () => {
    await round();
    await touch(4);
    for (let times = 0; times < 3; times++) await round();
    const rows = (await deps.integrity.report()).quarantined.filter(({ height }) => height === 4);
    expect(rows).toHaveLength(1);
  });

  test('sees a missing block, a missing transaction and a forged one', async () => {
    await round();
    const blocks = await database.collection('blocks').find({}).toArray();
    const idOf = (height: number) => {
      const block = blocks.find(({ _id }) => (_id as unknown) === height);
      return (block?.transaction_ids as string[] | undefined)?.[0] as never;
    };
    const transactions = database.collection('transactions');
    await transactions.deleteOne({ _id: idOf(2) });
    const other = await transactions.findOne({ _id: idOf(3) });
    await transactions.updateOne({ _id: idOf(5) }, { $set: { text: other?.text } });
    await database.collection('blocks').deleteOne({ _id: 7 as never });
    await round();
    const found = (await deps.integrity.report()).quarantined;
    const reasons = Object.fromEntries(found.map(({ height, reason }) => [height, reason]));
    expect(Object.keys(reasons)).toEqual(expect.arrayContaining(['2', '5', '7']));
    expect(reasons[2]).toMatch(/cannot be read/);
    expect(reasons[5]).toMatch(/another root/);
    expect(reasons[7]).toMatch(/missing/);
  });

  test('closes the record of a block that somebody has mended, and of one that the repair brought back', async () => {
    await round();
    const whole = await database.collection('blocks').findOne({ _id: 4 as never });
    await touch(4);
    await round();
    expect((await deps.integrity.report()).status).toBe('damaged');
    if (whole) await database.collection('blocks').replaceOne({ _id: 4 as never }, whole);
    await round();
    const mended = await deps.integrity.report();
    expect([mended.status, mended.quarantined.length > 0]).toEqual(['whole', true]);
    expect(mended.quarantined.every(({ repaired_at }) => repaired_at !== undefined)).toBe(true);
    canRepair = true;
    await touch(4);
    await round();
    expect((await deps.integrity.report()).status).toBe('whole');
  });

  test('rests nine times as long as it worked', async () => {
    await round();
    expect(await deps.integrity.step()).toBe(1000);
    const read = rig.ledger.transactions.findAll.bind(rig.ledger.transactions);
    rig.ledger.transactions.findAll = async (ids) => {
      await clock.advance(200); // for each of three blocks
      return read(ids);
    };
    expect(await deps.integrity.step()).toBe(9 * 600);
  });

  test('does not count what a peer sent as damage of ours', async () => {
    await round();
    await deps.quarantine.add({
      height: 8,
      hash: 'cd'.repeat(32),
      reason: 'signature_valid',
      source: 'peer',
    });
    const report = await deps.integrity.report();
    expect([report.status, report.quarantined_total]).toEqual(['whole', 1]);
  });
});

describe('progress of the scan', () => {
  test('looks at every height of a round once, whatever the steps', () => {
    for (let tip = 0; tip < 40; tip++)
      for (const most of [1, 3, 7, 100]) {
        let progress = nextRound(NO_PROGRESS, tip, '2026-01-01T00:00:00.000Z');
        const seen: number[] = [];
        for (let range = nextStep(progress, most); range; range = nextStep(progress, most)) {
          for (let height = range.from; height <= range.to; height++) seen.push(height);
          const blocks = range.to - range.from + 1;
          progress = advanced(progress, { blocks, transactions: 2 * blocks }, range.to);
        }
        expect(seen).toEqual(Array.from({ length: tip + 1 }, (_, height) => height));
        expect([progress.blocks_checked, progress.transactions_checked]).toEqual([tip + 1, 2 * (tip + 1)]);
      }
  });
});
