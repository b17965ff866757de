import { type Block, slotAt, slotStartMs } from '@lucid/ledger';
import { eventually, FakeClock, startTestMongo, type TestMongo } from '@lucid/testing';
import { type Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkChain } from '../src/adapters/check-chain.ts';
import { CapturingHttp, COLLEAGUES, COUNCIL, Colleagues } from './colleagues.ts';
import { CRASH_MODES, Crash, CrashingDatabase, type CrashMode } from './crashing-database.ts';
import { GENESIS_AT, openRig, type Rig, settle } from './rig.ts';
import { ENGINE, NODE_ID, transactionMaker, validatorKey } from './support.ts';

let mongo: TestMongo;
let client: MongoClient;
let databases = 0;

beforeAll(async () => {
  mongo = await startTestMongo();
  client = await new MongoClient(mongo.uri('council')).connect();
});
afterAll(async () => {
  await client?.close();
  await mongo?.close();
});

const PEER = '127.0.0.1:9999';

const open = (database: Db, clock: FakeClock, http: CapturingHttp) =>
  openRig(database, {
    clock,
    http,
    genesis: {
      createdAt: GENESIS_AT,
      self: { validator: NODE_ID, public_key: validatorKey.publicKey },
      validators: COUNCIL,
    },
    peers: COLLEAGUES.slice(0, 1).map((validator) => ({ validator, url: `http://${PEER}`, service: ENGINE })),
  });

interface Life {
  clock: FakeClock;
  http: CapturingHttp;
  /** Whether the process is dead. */
  isOver: () => boolean;
  /** The leader is a liar and proposes something else first. */
  hearsLies: boolean;
}

/** One life, until a block with two transactions is confirmed: by the votes of this validator and two others, or of three others. */
async function live(
  database: Db,
  { clock, http, isOver, hearsLies }: Life,
): Promise<{ rig: Rig; block: Block } | undefined> {
  try {
    const rig = await open(database, clock, http);
    await settle(rig);
    const { genesis } = rig.validators;
    const others = new Colleagues(genesis.hash);
    const leader = (await rig.ranking.atTip()).leadersOf(slotAt(clock.nowMs())).primary;
    const maker = transactionMaker('council', () => clock.nowMs());
    const block = others.block(leader, genesis, clock.nowMs(), [maker.plain(), maker.anchor()]);
    const lie = others.block(leader, genesis, clock.nowMs());
    const voters = hearsLies ? COLLEAGUES : COLLEAGUES.slice(0, 2);
    const say = (messages: Record<string, unknown>[]) => rig.inbox.take({ from: leader, messages }, false);
    const isDecided = async () => (await rig.ledger.blocks.head())?._id === 1;
    const until = (phase: string) =>
      eventually(`our ${phase}`, async () => {
        return isOver() || http.votesTo(PEER).some((vote) => vote.phase === phase) || (await isDecided());
      });
    await say(COLLEAGUES.map((validator) => others.novice(validator, clock.nowMs())));
    if (hearsLies) {
      await say([others.proposal(lie)]);
      await until('prevote');
    }
    await say([others.proposal(block)]);
    await until('prevote');
    await say(others.ballots('prevote', block, voters));
    await until('precommit');
    await say(others.ballots('precommit', block, voters));
    await eventually('the block is there', async () => isOver() || isDecided());
    return { rig, block };
  } catch (error) {
    if (!(error instanceof Crash) && !isOver()) throw error;
    return undefined;
  }
}

/** Dies at one write, starts again, and is told something else than before. */
async function dieAndRecover(crashAt: number, mode: CrashMode): Promise<boolean> {
  const database = client.db(`council_${databases++}`);
  const clock = new FakeClock(slotStartMs(Math.ceil(slotAt(Date.UTC(2026, 0, 5)) / 4) * 4 + 1) + 10_000);
  const http = new CapturingHttp();
  const crashing = new CrashingDatabase(crashAt, mode);
  await live(crashing.wrap(database), { clock, http, isOver: () => crashing.hasCrashed, hearsLies: false });
  const second = await live(database, { clock, http, isOver: () => false, hearsLies: true });
  if (!second) throw new Error('the second life ends too');

  const { rig, block } = second;
  expect((await rig.ledger.blocks.head())?.hash).toBe(block.hash);
  const checked = await checkChain(rig.ledger, rig.validators, { from: 0, to: 1 });
  expect(checked).toEqual({ blocks: 2, transactions: 3 });
  for (const { tx_id } of block.transactions)
    expect(await rig.ledger.transactions.find(tx_id)).toMatchObject({ status: 'confirmed' });
  // In both lives together: never two different things in one phase of the one view there is.
  for (const phase of ['prevote', 'precommit']) {
    const votes = http.votesTo(PEER).filter((vote) => vote.phase === phase);
    expect(new Set(votes.map(({ block_hash }) => block_hash)).size).toBeLessThanOrEqual(1);
  }
  await database.dropDatabase();
  return crashing.hasCrashed;
}

for (const mode of CRASH_MODES) {
  test(`dying ${mode} any write, a validator never says two different things and loses no block`, {
    timeout: 120_000,
  }, async () => {
    let crashAt = 1;
    while (await dieAndRecover(crashAt, mode)) crashAt += 1;
    expect(crashAt).toBeGreaterThan(10);
  });
}
