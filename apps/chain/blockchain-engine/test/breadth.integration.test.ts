import { blockchainEngine, type Endpoint } from '@lucid/contracts';
import type { Block } from '@lucid/ledger';
import { buildTree, merkleRoot, verifyProof } from '@lucid/merkle';
import type { ServiceContext } from '@lucid/service';
import {
  FakeClock,
  startTestMongo,
  TestIdentities,
  type TestMongo,
  temporaryFolder,
  testContext,
} from '@lucid/testing';
import type { FastifyInstance } from 'fastify';
import { type Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../src/app.ts';
import { config } from '../src/config.ts';
import { GROUP_LIMITS, limitGroupOf } from '../src/domain/rate-limits.ts';
import { uuidOfHash } from '../src/domain/uuid-of-hash.ts';
import { openDeps } from './deps.ts';
import { BLOCK_TIME_MS, openRig, type Rig, settle } from './rig.ts';
import { ENGINE, environment, transactionMaker } from './support.ts';

const PIPELINE = 'lucid-session-pipeline';
const GATEWAY = 'lucid-api-gateway';
const USER = '00000000-0000-4000-8000-00000000000a';
const UNKNOWN = '00000000-0000-8000-8000-000000000000';
const identities = new TestIdentities();
for (const caller of [PIPELINE, GATEWAY]) identities.pemOf(caller);
const folder = temporaryFolder('engine-breadth');
const clock = new FakeClock(Date.now());
const maker = transactionMaker('breadth', () => clock.nowMs());
let mongo: TestMongo;
let client: MongoClient;
let database: Db;
let rig: Rig;
let deps: Awaited<ReturnType<typeof openDeps>>;
let app: FastifyInstance;
let serviceHeaders: Record<string, string>;

async function appOf(): Promise<FastifyInstance> {
  const context = testContext({ service: ENGINE, identities, allowedCallers: [PIPELINE, GATEWAY] });
  // Tokens live by the real clock, the chain by one that waits for us.
  const onOurTime: ServiceContext = Object.create(context, { clock: { value: clock } });
  const settings = config.load({
    ...environment,
    ...identities.environment(ENGINE, [PIPELINE, GATEWAY]),
    MONGODB_URI: mongo.uri('engine_breadth'),
  });
  const built = buildApp(settings, deps, onOurTime);
  await built.ready();
  return built;
}

beforeAll(async () => {
  mongo = await startTestMongo();
  client = await new MongoClient(mongo.uri('engine_breadth')).connect();
  database = client.db();
  rig = await openRig(database, { clock });
  await settle(rig);
  deps = await openDeps(database, rig, { clock, folder: folder.path });
  serviceHeaders = await identities.headers(PIPELINE, ENGINE);
  app = await appOf();
});
afterAll(async () => {
  await app?.close();
  await client?.close();
  await mongo?.close();
  folder.remove();
  identities[Symbol.dispose]();
});

async function get<Body = never>(path: string, headers = serviceHeaders) {
  const answer = await app.inject({ method: 'GET', url: `/api/v1${path}`, headers });
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() as Body };
}
async function post<Body = never>(path: string, payload: unknown, headers = serviceHeaders) {
  const answer = await app.inject({
    method: 'POST',
    url: `/api/v1${path}`,
    headers: { ...headers, 'content-type': 'application/json' },
    payload: JSON.stringify(payload),
  });
  const body = answer.json() as { error?: { code: string } };
  return { status: answer.statusCode, body: body as Body, code: body.error?.code };
}
const asUser = (role: string, id = USER) => identities.headers(GATEWAY, ENGINE, { id, role });

async function tick(): Promise<void> {
  await clock.advance(BLOCK_TIME_MS);
  await settle(rig);
}

async function blockWith(transactions: ReturnType<typeof maker.plain>[]): Promise<Block> {
  for (const transaction of transactions) expect((await post('/transactions', transaction)).status).toBe(202);
  await tick();
  return (await get<Block>('/blocks/latest')).body;
}

describe('the other prefix', () => {
  const aliases = Object.entries<Endpoint>(blockchainEngine.endpoints).filter(([name]) =>
    name.endsWith('Alias'),
  );

  test('answers everything that the first one answers, with the same words', async () => {
    expect(aliases.map(([, { path }]) => path).toSorted()).toEqual([
      '/api/v1/chain/height',
      '/api/v1/chain/info',
      '/api/v1/chain/status',
    ]);
    for (const [, { path }] of aliases) {
      const alias = path.replace('/api/v1', '');
      const [one, other] = [await get(alias), await get(alias.replace('/chain/', '/blockchain/'))];
      expect([alias, one.status, one.body]).toEqual([alias, 200, other.body]);
    }
  });

  test('says height and time of the newest block to anyone', async () => {
    await tick();
    const { header } = (await get<Block>('/blocks/latest')).body;
    const { body } = await get('/chain/height', {});
    expect(body).toEqual({ height: header.height, timestamp: header.timestamp });
  });
});

describe('blocks', () => {
  test('are found by the id that follows from their hash, and each is shown with it', async () => {
    const block = await blockWith([maker.plain()]);
    const { blocks } = (await get<{ blocks: { block_id: string; hash: string }[] }>('/blocks?limit=1')).body;
    expect(blocks).toMatchObject([{ block_id: uuidOfHash(block.hash), hash: block.hash }]);
    expect(await get(`/blocks/${uuidOfHash(block.hash)}`)).toMatchObject({ status: 200, body: block });
    expect(await get(`/blocks/${block.hash}`)).toMatchObject({ status: 200, body: block });
    expect((await get(`/blocks/${UNKNOWN}`)).status).toBe(404);
    // The same twelve first digits are not enough: the whole id has to be that of the hash.
    const alike = uuidOfHash(`${block.hash.slice(0, 20)}${'0'.repeat(44)}`);
    expect((await get(`/blocks/${alike}`)).status).toBe(404);
  });

  test('are listed by time as by height, within a range', async () => {
    while ((await get<{ height: number }>('/chain/height')).body.height < 6) await tick();
    const heights = async (query: string) =>
      (await get<{ blocks: { height: number }[] }>(`/blocks?${query}`)).body.blocks.map(
        ({ height }) => height,
      );
    expect(await heights('height_from=2&height_to=5&sort=timestamp_asc')).toEqual([2, 3, 4, 5]);
    expect(await heights('height_from=2&height_to=5&sort=timestamp_desc&limit=2&page=2')).toEqual([3, 2]);
    expect(await heights('height_from=2&height_to=5&sort=height_asc&limit=3')).toEqual([2, 3, 4]);
  });

  test('come whole by a range of heights, no more than a hundred at once, and say where to go on', async () => {
    while ((await get<{ height: number }>('/chain/height')).body.height < 104) await tick();
    const whole = (
      await get<{ blocks: Block[]; next_height?: number }>('/blocks/range?height_from=0&height_to=103')
    ).body;
    expect(whole.blocks.map(({ header }) => header.height)).toEqual(Array.from({ length: 100 }, (_, n) => n));
    expect(whole.next_height).toBe(100);
    const rest = (await get<typeof whole>('/blocks/range?height_from=100&height_to=102')).body;
    expect([rest.blocks.length, rest.next_height]).toEqual([3, undefined]);
    expect((await get<typeof whole>('/blocks/range?height_from=5&height_to=2')).body).toEqual({ blocks: [] });
    expect((await get('/blocks/range')).status).toBe(400);
  });

  test('are read from the store once and then from memory', async () => {
    const block = await blockWith([maker.plain()]);
    const [transaction] = block.transactions;
    const transactions = database.collection('transactions');
    const kept = await transactions.findOne({ _id: transaction?.tx_id as never });
    await transactions.deleteOne({ _id: transaction?.tx_id as never });
    expect((await get(`/blocks/height/${block.header.height}`)).body).toEqual(block);
    expect((await get(`/blocks/${block.hash}`)).body).toEqual(block);
    deps.recentBlocks.forget(block.header.height);
    expect((await get(`/blocks/height/${block.header.height}`)).status).toBe(500);
    if (kept) await transactions.insertOne(kept);
    expect((await get(`/blocks/height/${block.header.height}`)).body).toEqual(block);
  });

  test('are judged check by check, also what is no block at all', async () => {
    const admin = await asUser('admin');
    const { header, ...rest } = (await get<Block>('/blocks/latest')).body;
    const report = async (block_data: unknown) =>
      (
        await post<{
          valid: boolean;
          validation_results: Record<string, boolean>;
          errors: { detail: string }[];
        }>('/blocks/validate', { block_data }, admin)
      ).body;
    expect(await report({ header, ...rest })).toMatchObject({
      valid: true,
      validation_results: {
        structure_valid: true,
        signature_valid: true,
        merkle_root_valid: true,
        timestamp_valid: true,
        transactions_valid: true,
      },
    });
    const forged = await report({ header: { ...header, merkle_root: 'ab'.repeat(32) }, ...rest });
    expect(forged).toMatchObject({
      valid: false,
      validation_results: { merkle_root_valid: false, hash_valid: false },
    });
    const { valid, validation_results, errors } = await report({ header: 'none', transactions: [] });
    expect([valid, Object.values(validation_results).some(Boolean), errors.length]).toEqual([
      false,
      false,
      1,
    ]);
  });
});

describe('transactions', () => {
  const listed = async (query: string) =>
    (
      await get<{ transactions: { transaction: { tx_id: string } }[]; pagination: { total: number } }>(
        `/transactions?${query}`,
      )
    ).body;

  test('are listed by the block they stand in, by its id, hash or height', async () => {
    const mine = [maker.plain(), maker.anchor(), maker.plain()];
    const { hash, header } = await blockWith(mine);
    for (const query of [
      `block_id=${uuidOfHash(hash)}`,
      `block_id=${hash}`,
      `block_height=${header.height}`,
      `block_id=${hash}&block_height=${header.height}`,
    ]) {
      const { transactions, pagination } = await listed(query);
      expect([query, pagination.total]).toEqual([query, 3]);
      expect(new Set(transactions.map(({ transaction }) => transaction.tx_id))).toEqual(
        new Set(mine.map(({ tx_id }) => tx_id)),
      );
    }
    expect((await listed(`block_id=${hash}&type=session_anchor`)).pagination.total).toBe(1);
    expect((await listed(`block_id=${hash}&status=dropped`)).pagination.total).toBe(0);
    expect((await listed(`block_id=${hash}&block_height=${header.height - 1}`)).pagination.total).toBe(0);
    expect((await listed(`block_id=${UNKNOWN}`)).pagination).toMatchObject({ total: 0, pages: 0 });
    expect((await listed('block_height=999999')).pagination.total).toBe(0);
  });

  test('are listed by when they were handed in, from either end, page by page', async () => {
    await tick();
    const from = new Date(clock.nowMs()).toISOString();
    const mine = [maker.plain(), maker.plain(), maker.plain()];
    for (const transaction of mine) {
      await post('/transactions', transaction);
      await clock.advance(10);
    }
    const to = new Date(clock.nowMs() - 10).toISOString();
    const ids = (body: Awaited<ReturnType<typeof listed>>) =>
      body.transactions.map(({ transaction }) => transaction.tx_id);
    const expected = mine.map(({ tx_id }) => tx_id);
    expect(ids(await listed(`from=${from}&to=${to}&sort=submitted_asc`))).toEqual(expected);
    expect(ids(await listed(`from=${from}&sort=submitted_desc&limit=2`))).toEqual(
      expected.toReversed().slice(0, 2),
    );
    expect(ids(await listed(`from=${from}&to=${from}`))).toEqual(expected.slice(0, 1));
    expect(ids(await listed(`from=${from}&limit=2&page=2&sort=submitted_asc`))).toEqual(expected.slice(2));
    expect((await get('/transactions?from=yesterday')).status).toBe(400);
  });

  test('that no longer hold when their block is made have failed, with the reason', async () => {
    const good = maker.plain();
    await post('/transactions', good);
    const text = JSON.stringify({ ...good, signature: '0'.repeat(128) });
    await database.collection('transactions').updateOne({ _id: good.tx_id as never }, { $set: { text } });
    await tick();
    expect((await get(`/transactions/${good.tx_id}`)).body).toMatchObject({
      status: 'failed',
      reason: /signature/,
    });
    const { transactions } = (await get<{ transactions: unknown[] }>('/transactions?status=failed')).body;
    expect(transactions).toHaveLength(1);
    expect(await post('/transactions', good)).toMatchObject({ status: 409 });
  });

  test('go into one block by the hundred, anchors among them', async () => {
    const many = [
      ...Array.from({ length: 150 }, () => maker.plain()),
      ...Array.from({ length: 12 }, () => maker.anchor()),
    ];
    for (const at of [0, 81])
      expect(await post('/transactions/batch', { transactions: many.slice(at, at + 81) })).toMatchObject({
        body: { submitted_count: 81, failed_count: 0 },
      });
    await tick();
    const { header, transactions } = (await get<Block>('/blocks/latest')).body;
    expect(header.transaction_count).toBe(162);
    expect(transactions.filter(({ type }) => type === 'session_anchor')).toHaveLength(12);
    expect(new Set(transactions.map(({ tx_id }) => tx_id))).toEqual(new Set(many.map(({ tx_id }) => tx_id)));
    const [last] = transactions.slice(-1);
    const proof = (await get<{ transaction_count: number }>(`/transactions/${last?.tx_id}/proof`)).body;
    expect(proof.transaction_count).toBe(162);
  });

  test('of every type stand in a block in the order system, anchors, others', async () => {
    const vote = maker.plain({ type: 'consensus_vote', data: { kind: 'proposal_vote' } });
    const [anchor, plain] = [maker.anchor(), maker.plain()];
    const { transactions } = await blockWith([vote, plain, anchor]);
    expect(transactions.map(({ type }) => type)).toEqual([
      'session_anchor',
      'consensus_vote',
      'data_storage',
    ]);
  });
});

describe('Merkle trees', () => {
  const build = async (chunk_hashes: readonly string[], session_id = maker.random.uuid()) => ({
    session_id,
    ...(await post<{ tree_id: string; root_hash: string }>('/merkle/build', { session_id, chunk_hashes })),
  });
  const hashes = (count: number) =>
    Array.from({ length: count }, () => maker.random.bytes(32).toString('hex'));

  test.each([1, 2, 3, 7, 64, 1025])(
    'prove every kind of leaf out of their files, of %d leaves',
    async (count) => {
      const list = hashes(count);
      const { body } = await build(list);
      expect(body.root_hash).toBe(merkleRoot(list));
      for (const index of new Set(
        [0, 1, count >> 1, count - 2, count - 1].filter((at) => at >= 0 && at < count),
      )) {
        const { root_hash, ...proof } = (
          await get<{ root_hash: string } & Parameters<typeof verifyProof>[1]>(
            `/merkle/${body.tree_id}/proof/${index}`,
          )
        ).body;
        expect(verifyProof(root_hash, proof)).toBe(true);
        expect(proof.leaf_index).toBe(index);
      }
    },
  );

  test('whose upper levels are lost or touched are mended from their leaves', async () => {
    const list = hashes(100);
    const { body } = await build(list);
    const proof = await get(`/merkle/${body.tree_id}/proof/37`);
    await deps.files.write(body.tree_id, [Buffer.alloc(99 * 32)], 'nodes');
    expect((await get(`/merkle/${body.tree_id}/proof/37`)).body).toEqual(proof.body);
    const { levels } = buildTree(list);
    const nodes = await deps.files.nodesAt(body.tree_id, 'nodes', [0]);
    expect(nodes).toEqual([levels[1]?.toString('hex', 0, 32)]);
  });

  test('are validated as they are kept now', async () => {
    const { session_id, body } = await build(hashes(50));
    const validation = () => get(`/merkle/validation/${session_id}`);
    const facts = (structure_valid: boolean, hash_consistency: boolean, proof_verification: boolean) => ({
      tree_id: body.tree_id,
      status: proof_verification ? 'validated' : 'failed',
      structure_valid,
      hash_consistency,
      proof_verification,
    });
    expect((await validation()).body).toMatchObject(facts(true, true, true));
    await deps.files.write(body.tree_id, [Buffer.alloc(50 * 32, 7)]);
    expect((await validation()).body).toMatchObject(facts(true, false, false));
    await deps.files.write(body.tree_id, [Buffer.alloc(49 * 32)]);
    expect((await validation()).body).toMatchObject(facts(false, false, false));
    await deps.files.remove(body.tree_id);
    expect((await validation()).body).toMatchObject(facts(false, false, false));
    expect((await get(`/merkle/validation/${maker.random.uuid()}`)).status).toBe(404);
    expect((await get('/merkle/validation/x')).status).toBe(400);
  });

  test('have a code of their own for no hashes, for one that is none, and for too many', async () => {
    expect(await build([])).toMatchObject({ status: 400, code: 'LUCID_ERR_6305' });
    expect(await build([...hashes(2), 'AB'.repeat(32)])).toMatchObject({
      status: 400,
      code: 'LUCID_ERR_6306',
      body: { error: { details: { index: 2 } } },
    });
    deps.maxTreeHeight = 3;
    const low = await appOf();
    const answer = await low.inject({
      method: 'POST',
      url: '/api/v1/merkle/build',
      headers: { ...serviceHeaders, 'content-type': 'application/json' },
      payload: JSON.stringify({ session_id: maker.random.uuid(), chunk_hashes: hashes(9) }),
    });
    expect((answer.json() as { error: { code: string } }).error.code).toBe('LUCID_ERR_6307');
    await low.close();
    deps.maxTreeHeight = 20;
  });
});

describe('limits per group', () => {
  test('know every path of the contract', () => {
    for (const { path } of Object.values<Endpoint>(blockchainEngine.endpoints))
      expect([path, limitGroupOf(path)]).not.toEqual([path, undefined]);
    expect(limitGroupOf('/health')).toBeUndefined();
    expect(limitGroupOf('/api/v1/blocksandmore')).toBeUndefined();
  });

  test('hold a user back after the burst, say for how long, and nobody else', async () => {
    const fresh = await appOf();
    const ask = (headers: Record<string, string>) =>
      fresh.inject({ method: 'GET', url: '/api/v1/transactions?limit=1', headers });
    const user = await asUser('user');
    const { burst } = GROUP_LIMITS.transactions;
    for (let n = 0; n < burst; n++) expect([n, (await ask(user)).statusCode]).toEqual([n, 200]);
    const refused = await ask(user);
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask(await asUser('user', '00000000-0000-4000-8000-00000000000b'))).statusCode).toBe(200);
    expect((await ask(serviceHeaders)).statusCode).toBe(200);
    const other = await fresh.inject({ method: 'GET', url: '/api/v1/blocks?limit=1', headers: user });
    expect(other.statusCode).toBe(200);
    await fresh.close();
  });
});
