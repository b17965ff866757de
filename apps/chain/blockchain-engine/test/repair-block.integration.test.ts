import type { CertifiedBlock } from '@lucid/consensus';
import type { Block } from '@lucid/ledger';
import { silentLogger } from '@lucid/logging';
import { FakeClock, startTestMongo, type TestMongo, temporaryFolder } from '@lucid/testing';
import { type Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkChain } from '../src/adapters/check-chain.ts';
import { readBlock } from '../src/adapters/read-block.ts';
import { repairBlock } from '../src/adapters/repair-block.ts';
import { openDeps } from './deps.ts';
import { BLOCK_TIME_MS, openRig, type Rig, settle } from './rig.ts';
import { transactionMaker } from './support.ts';

const folder = temporaryFolder('engine-repair');
let mongo: TestMongo;
let client: MongoClient;
let clock: FakeClock;
let database: Db;
let rig: Rig;
let deps: Awaited<ReturnType<typeof openDeps>>;
/** What a peer has: our chain as it was before anything happened to it. */
let good: CertifiedBlock<Block>[];
let forgotten: number[];

beforeAll(async () => {
  mongo = await startTestMongo();
  client = await new MongoClient(mongo.uri('engine_repair')).connect();
});
afterAll(async () => {
  await client?.close();
  await mongo?.close();
  folder.remove();
});

let chains = 0;
beforeEach(async () => {
  database = client.db(`repair_${chains++}`);
  clock = new FakeClock(Date.now());
  rig = await openRig(database, { clock });
  await settle(rig);
  deps = await openDeps(database, rig, { clock, folder: folder.path });
  forgotten = [];
  const maker = transactionMaker('repair', () => clock.nowMs());
  while (((await rig.ledger.blocks.head())?._id ?? 0) < 5) {
    await rig.submissions.submitAll([maker.plain(), maker.anchor()]);
    await clock.advance(BLOCK_TIME_MS);
    await settle(rig);
  }
  good = [];
  for await (const document of rig.ledger.blocks.range({ from: 0, to: 5 }))
    if (document.certificate)
      good.push({
        block: await readBlock(rig.ledger.transactions, document),
        certificate: document.certificate,
      });
});

type Peer = (height: number) => Promise<CertifiedBlock<Block>[]>;
const honest: Peer = async (from) => good.filter(({ block }) => block.header.height >= from);
const silent: Peer = () => Promise.reject(new Error('nobody answers'));
const altered =
  (change: (found: CertifiedBlock<Block>) => CertifiedBlock<Block>): Peer =>
  async (from) =>
    (await honest(from)).map(change);

const repair = (height: number, ...peers: Peer[]) =>
  repairBlock(
    {
      ...rig,
      quarantine: deps.quarantine,
      clock,
      logger: silentLogger(),
      onRepaired: (at) => forgotten.push(at),
      peers: {
        statuses: peers.map((_, index) => ({ validator: `peer-${index}` })),
        blocksFrom: (name, from) => peers[Number(name.split('-')[1])]?.(from) ?? Promise.resolve([]),
      },
    },
    height,
  );
const isWhole = async () =>
  (await checkChain(rig.ledger, rig.validators, { from: 0, to: 5 })).fault === undefined;
const firstIdAt = async (height: number) => (await rig.ledger.blocks.at(height))?.transaction_ids[0] ?? '';

test.each<[string, () => Promise<unknown>]>([
  [
    'whose header was touched',
    () => database.collection('blocks').updateOne({ _id: 3 as never }, { $set: { 'header.slot': 1 } }),
  ],
  ['that is gone', () => database.collection('blocks').deleteOne({ _id: 3 as never })],
  [
    'whose transaction is gone',
    async () => database.collection('transactions').deleteOne({ _id: (await firstIdAt(3)) as never }),
  ],
  [
    'whose transaction was touched',
    async () =>
      database
        .collection('transactions')
        .updateOne({ _id: (await firstIdAt(3)) as never }, { $set: { text: '{}' } }),
  ],
])('a block %s is got from another validator', async (_what, damage) => {
  expect(await isWhole()).toBe(true);
  await damage();
  expect(await isWhole()).toBe(false);
  expect(await repair(3, silent, honest)).toBe(true);
  expect(await isWhole()).toBe(true);
  expect(forgotten).toEqual([3]);
  const [kept] = [...(await rig.ledger.transactions.findAll([await firstIdAt(3)])).values()];
  expect(kept).toMatchObject({ status: 'confirmed', block_height: 3 });
});

test('nobody can slip another block in: it is put on record and the damage stays', async () => {
  await database.collection('blocks').deleteOne({ _id: 3 as never });
  const lies: [string, Peer][] = [
    ['votes', altered(({ block, certificate }) => ({ block, certificate: { ...certificate, votes: [] } }))],
    ['root', altered(({ block, certificate }) => ({ block: { ...block, transactions: [] }, certificate }))],
    [
      'header',
      altered(({ block, certificate }) => ({
        block: { ...block, header: { ...block.header, slot: block.header.slot + 1 } },
        certificate,
      })),
    ],
    ['other block', async () => good.filter(({ block }) => block.header.height !== 3)],
    ['silence', silent],
  ];
  for (const [what, peer] of lies) expect([what, await repair(3, peer)]).toEqual([what, false]);
  expect(await isWhole()).toBe(false);
  const sources = (await deps.quarantine.newest(10)).map(({ source }) => source);
  expect(new Set(sources)).toEqual(new Set(['peer']));
  expect(await repair(3, ...lies.map(([, peer]) => peer), honest)).toBe(true);
  expect(await isWhole()).toBe(true);
});

test('the genesis block comes from nobody', async () => {
  expect(await repair(0, honest)).toBe(false);
});
