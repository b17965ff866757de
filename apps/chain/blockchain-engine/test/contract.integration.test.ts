import { blockchainEngine, type Endpoint } from '@lucid/contracts';
import { type Block, nextBlock, ZERO_HASH } from '@lucid/ledger';
import { buildTree, leafHash, merkleRoot, verifyProof } from '@lucid/merkle';
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
import { LeafFiles } from '../src/adapters/leaf-files.ts';
import { buildApp } from '../src/app.ts';
import { config } from '../src/config.ts';
import { openDeps } from './deps.ts';
import { BLOCK_TIME_MS, openRig, type Rig, settle } from './rig.ts';
import { clientKey, ENGINE, environment, NODE_ID, transactionMaker, validatorKey } from './support.ts';

const PIPELINE = 'lucid-session-pipeline';
const GATEWAY = 'lucid-api-gateway';
const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const identities = new TestIdentities();
for (const caller of [PIPELINE, GATEWAY, 'lucid-stranger']) identities.pemOf(caller);
const folder = temporaryFolder('engine-contract');
const clock = new FakeClock(Date.now());
const maker = transactionMaker('contract', () => clock.nowMs());
let mongo: TestMongo;
let client: MongoClient;
let database: Db;
let app: FastifyInstance;
let rig: Rig;

beforeAll(async () => {
  mongo = await startTestMongo();
  client = await new MongoClient(mongo.uri('engine_contract')).connect();
  database = client.db();
  const context = testContext({ service: ENGINE, identities, allowedCallers: [PIPELINE, GATEWAY] });
  // Tokens live by the real clock, the chain by one that waits for us.
  const onOurTime: ServiceContext = Object.create(context, { clock: { value: clock } });
  rig = await openRig(database, { clock });
  await settle(rig);
  const deps = await openDeps(database, rig, { clock, folder: folder.path });
  const settings = config.load({
    ...environment,
    ...identities.environment(ENGINE, [PIPELINE, GATEWAY]),
    MONGODB_URI: mongo.uri('engine_contract'),
  });
  app = buildApp(settings, deps, onOurTime);
  await app.ready();
});
afterAll(async () => {
  await app?.close();
  await client?.close();
  await mongo?.close();
  folder.remove();
  identities[Symbol.dispose]();
});

type Who = 'nobody' | 'forger' | 'stranger' | 'service' | 'user' | 'admin';

async function headersOf(who: Who): Promise<Record<string, string>> {
  switch (who) {
    case 'nobody':
      return {};
    case 'forger':
      return { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.' };
    case 'stranger':
      return identities.headers('lucid-stranger', ENGINE);
    case 'service':
      return identities.headers(PIPELINE, ENGINE);
    default:
      return identities.headers(GATEWAY, ENGINE, { id: UNKNOWN, role: who });
  }
}

async function call(who: Who, method: string, path: string, payload?: unknown) {
  const answer = await app.inject({
    method: method as 'GET',
    url: path,
    headers: {
      ...(await headersOf(who)),
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(payload === undefined
      ? {}
      : { payload: typeof payload === 'string' ? payload : JSON.stringify(payload) }),
  });
  const body = (answer.body === '' ? undefined : answer.json()) as never;
  return { status: answer.statusCode, body, code: (body as { error?: { code?: string } })?.error?.code };
}
const api = (path: string) => `/api/v1${path}`;
const get = (path: string, who: Who = 'service') => call(who, 'GET', api(path));
const post = (path: string, payload: unknown, who: Who = 'service') => call(who, 'POST', api(path), payload);

async function tick(): Promise<void> {
  await clock.advance(BLOCK_TIME_MS);
  await settle(rig);
}

const guarded = Object.entries<Endpoint>(blockchainEngine.endpoints).filter(
  ([, { access }]) => access !== 'public' && access !== 'open',
);

describe.each(guarded)('%s', (_name, { method, path }) => {
  const url = path.replace(/:height|:leaf_index/g, '0').replace(/:[a-z_]+/g, UNKNOWN);

  test('answers 401 without a token and to a forged one, before it looks at anything else', async () => {
    for (const who of ['nobody', 'forger'] as const)
      expect((await call(who, method, url, method === 'POST' ? '{"not":"it"' : undefined)).status).toBe(401);
  });

  test('answers 403 to a service that the topology does not let call', async () => {
    expect((await call('stranger', method, url)).code).toBe('LUCID_ERR_2020');
  });
});

test('what is for services is not for users, and what is for admins is not for them either', async () => {
  const tx = maker.plain();
  expect((await post('/transactions', tx, 'user')).status).toBe(403);
  expect((await post('/merkle/build', {}, 'user')).status).toBe(403);
  expect((await post('/blocks/validate', {}, 'user')).status).toBe(403);
  expect((await get('/transactions', 'user')).status).toBe(200);
});

test('anyone may ask what chain this is and whether it grows', async () => {
  const info = await call('nobody', 'GET', api('/blockchain/info'));
  expect(info).toMatchObject({
    status: 200,
    body: { network_name: 'lucid_blocks', consensus_algorithm: 'PoOT', difficulty: 1 },
  });
  const status = await call('nobody', 'GET', api('/blockchain/status'));
  expect(status).toMatchObject({ status: 200, body: { status: 'healthy', sync_percentage: 100 } });
  expect(await get('/consensus/status')).toMatchObject({
    body: { mode: 'bootstrap', leader: NODE_ID, status: 'active' },
  });
});

describe('blocks', () => {
  const shape = (over: Partial<Block> = {}): Block => ({ ...(rig.validators.genesis as Block), ...over });
  async function next(key = validatorKey, over = {}) {
    const parent = await rig.ledger.blocks.tip();
    if (!parent) throw new Error('no tip');
    const { header, hash, signature } = parent;
    return nextBlock({
      parent: { header, hash, signature },
      transactions: [maker.plain()],
      timestampMs: clock.nowMs() + 1,
      validator: NODE_ID,
      key,
      ...over,
    });
  }

  test('are found by height, by hash and as the latest', async () => {
    const latest = await get('/blocks/latest');
    const { header, hash } = latest.body as Block;
    expect(await get(`/blocks/height/${header.height}`)).toMatchObject({ status: 200, body: { hash } });
    expect(await get(`/blocks/${hash}`)).toMatchObject({ status: 200, body: { hash } });
    expect((await get('/blocks/height/0')).body).toEqual(rig.validators.genesis);
  });

  test.each([
    ['/blocks/height/999999', 404, 6001],
    [`/blocks/${'ab'.repeat(32)}`, 404, 6001],
    ['/blocks/height/-1', 400, undefined],
    ['/blocks/height/one', 400, undefined],
    ['/blocks/height/1.5', 400, undefined],
    ['/blocks/xyz', 400, undefined],
    ['/blocks?limit=0', 400, undefined],
    ['/blocks?limit=101', 400, undefined],
    ['/blocks?page=0', 400, undefined],
    ['/blocks?sort=sideways', 400, undefined],
    ['/blocks?height_from=-1', 400, undefined],
    ['/blocks?surprise=1', 400, undefined],
  ])('%s answers %i', async (path, status, code) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    if (code) expect(answer.code).toBe(`LUCID_ERR_${code}`);
  });

  test('are listed newest first, page by page', async () => {
    await tick();
    await tick();
    const { body } = await get('/blocks?limit=2');
    const { blocks, pagination } = body as { blocks: { height: number }[]; pagination: { total: number } };
    expect(blocks.map(({ height }) => height)).toEqual([pagination.total - 1, pagination.total - 2]);
    const lowest = await get('/blocks?limit=2&sort=height_asc');
    expect(lowest.body).toMatchObject({ blocks: [{ height: 0 }, { height: 1 }] });
    expect((await get('/blocks?height_from=5&height_to=2')).body).toMatchObject({ blocks: [] });
  });

  test('of strangers are refused and none is made', async () => {
    const before = await rig.ledger.blocks.head();
    const stranger = await next(clientKey);
    const named = await next(clientKey, { validator: 'ff'.repeat(16) });
    const deputy = await next(validatorKey, { fallbackIndex: 1 });
    for (const block of [stranger, named, deputy, { ...stranger, hash: ZERO_HASH }])
      expect(await post('/blocks', block)).toMatchObject({ status: 403, code: 'LUCID_ERR_6201' });
    expect((await post('/blocks', { transactions: [], previous_hash: 'test' })).status).toBe(400);
    expect((await post('/blocks', await next(), 'user')).status).toBe(403);
    expect(await rig.ledger.blocks.head()).toEqual(before);
  });

  test('of the leader are taken once, and only when they hold', async () => {
    const parent = await rig.ledger.blocks.at(1);
    if (!parent) throw new Error('no parent');
    const late = nextBlock({
      parent,
      transactions: [],
      timestampMs: clock.nowMs(),
      validator: NODE_ID,
      key: validatorKey,
    });
    expect((await post('/blocks', late)).code).toBe('LUCID_ERR_6003');
    const future = await next(validatorKey, { timestampMs: clock.nowMs() + 3_600_000 });
    expect(await post('/blocks', future)).toMatchObject({ status: 400, code: 'LUCID_ERR_6002' });
    const block = await next();
    expect(await post('/blocks', block)).toMatchObject({ status: 201, body: { hash: block.hash } });
    expect((await post('/blocks', block)).code).toBe('LUCID_ERR_6003');
    const [tx] = block.transactions;
    expect((await get(`/transactions/${tx?.tx_id}`)).body).toMatchObject({ status: 'confirmed' });
    await tick();
    expect((await get('/blocks/latest')).body).toMatchObject({ header: { previous_hash: block.hash } });
  });

  test('are judged for an admin without being taken', async () => {
    const before = await rig.ledger.blocks.head();
    const good = await post('/blocks/validate', await next(), 'admin');
    expect(good).toMatchObject({ status: 200, body: { valid: true, errors: [] } });
    const bad = await post('/blocks/validate', { ...(await next()), signature: '0'.repeat(128) }, 'admin');
    expect(bad.body).toMatchObject({
      valid: false,
      validation_results: { signature_valid: false, hash_valid: true },
    });
    const kept = (await get('/blocks/latest')).body as Block;
    expect((await post('/blocks/validate', kept, 'admin')).body).toMatchObject({ valid: true });
    for (const body of [{}, { ...shape(), extra: 1 }, '[]', 'no json'])
      expect((await post('/blocks/validate', body, 'admin')).status).toBe(400);
    expect(await rig.ledger.blocks.head()).toEqual(before);
  });
});

describe('transactions', () => {
  test('go in, wait, are confirmed and proven', async () => {
    const tx = maker.anchor();
    const accepted = await post('/transactions', tx);
    expect(accepted).toMatchObject({ status: 202, body: { tx_id: tx.tx_id, status: 'pending' } });
    const { estimated_confirmation_time } = accepted.body as { estimated_confirmation_time: string };
    expect(Date.parse(estimated_confirmation_time)).toBeGreaterThan(clock.nowMs());
    expect((await get('/transactions/pending')).body).toMatchObject({ transactions: [{ transaction: tx }] });
    expect(await get(`/transactions/${tx.tx_id}/proof`)).toMatchObject({
      status: 409,
      code: 'LUCID_ERR_6108',
    });
    await tick();
    expect((await get(`/transactions/${tx.tx_id}`)).body).toMatchObject({
      status: 'confirmed',
      transaction: tx,
      transaction_index: 0,
    });
    const { body } = await get(`/transactions/${tx.tx_id}/proof`, 'user');
    const proof = body as {
      tx_hash: string;
      transaction_index: number;
      transaction_count: number;
      proof_path: { hash: string; position: 'left' | 'right' }[];
      block: { header: { merkle_root: string } };
    };
    const leaf = {
      leaf_hash: leafHash(proof.tx_hash),
      leaf_index: proof.transaction_index,
      leaf_count: proof.transaction_count,
      proof_path: proof.proof_path,
    };
    expect(verifyProof(proof.block.header.merkle_root, leaf)).toBe(true);
    expect(await post('/transactions', tx)).toMatchObject({ status: 202, body: { status: 'confirmed' } });
  });

  test('that break a rule are refused with the rule’s own code', async () => {
    const good = maker.plain();
    const old = maker.plain({ timestamp: new Date(clock.nowMs() - 3_700_000).toISOString() });
    const early = maker.plain({ timestamp: new Date(clock.nowMs() + 400_000).toISOString() });
    const big = maker.plain({ data: { text: 'x'.repeat(101 * 1024) } });
    const thin = maker.plain({ type: 'session_anchor', data: { session_id: UNKNOWN } });
    const system = maker.plain({ type: 'system', data: { kind: 'tally' } });
    const genesis = maker.plain({ type: 'system', data: { kind: 'genesis' } });
    const cases: [unknown, number, string][] = [
      [{ ...good, data: { note: 'forged' } }, 400, 'LUCID_ERR_6103'],
      [{ ...good, signature: '0'.repeat(128) }, 400, 'LUCID_ERR_6103'],
      [old, 400, 'LUCID_ERR_6104'],
      [early, 400, 'LUCID_ERR_6104'],
      [big, 400, 'LUCID_ERR_6102'],
      [thin, 400, 'LUCID_ERR_6102'],
      [system, 400, 'LUCID_ERR_6208'],
      [genesis, 400, 'LUCID_ERR_6208'],
    ];
    for (const [body, status, code] of cases)
      expect(await post('/transactions', body)).toMatchObject({ status, code });
    expect((await get(`/transactions/${good.tx_id}`)).status).toBe(404);
  });

  test('of another form are refused as 400', async () => {
    const good = maker.plain();
    const { signature: _gone, ...unsigned } = good;
    const bodies = [
      unsigned,
      { ...good, tx_id: 'x' },
      { ...good, tx_id: 5 },
      { ...good, type: 'payout' },
      { ...good, data: 'text' },
      { ...good, surprise: 1 },
      { ...good, timestamp: 'yesterday' },
      '[]',
      'no json',
      '',
    ];
    for (const body of bodies)
      expect([body, (await post('/transactions', body)).status]).toEqual([body, 400]);
    expect((await post('/transactions/batch', { transactions: [] })).status).toBe(400);
    expect((await post('/transactions/batch', { transactions: Array(101).fill(good) })).status).toBe(400);
  });

  test('of a batch are each judged by themselves', async () => {
    const [good, bad] = [maker.plain(), { ...maker.plain(), signature: '0'.repeat(128) }];
    expect(await post('/transactions/batch', { transactions: [good, bad, good] })).toMatchObject({
      status: 202,
      body: {
        submitted_count: 2,
        failed_count: 1,
        transaction_ids: [good.tx_id, good.tx_id],
        errors: [{ tx_id: bad.tx_id, code: 'LUCID_ERR_6103' }],
      },
    });
  });

  test.each([
    [`/transactions/${UNKNOWN}`, 404],
    [`/transactions/${UNKNOWN}/proof`, 404],
    ['/transactions/x', 400],
    ['/transactions?type=payout', 400],
    ['/transactions?status=lost', 400],
    ['/transactions?limit=1000', 400],
    ['/transactions/pending?limit=x', 400],
  ])('%s answers %i', async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });

  test('are listed by type and status, newest first', async () => {
    await tick();
    const { body } = await get('/transactions?type=session_anchor&status=confirmed&limit=1');
    expect(body).toMatchObject({
      transactions: [{ status: 'confirmed' }],
      pagination: { total: 1, pages: 1 },
    });
    expect((await get('/transactions?status=dropped')).body).toMatchObject({ transactions: [] });
  });
});

describe('Merkle trees', () => {
  const hashes = Array.from({ length: 5 }, () => maker.random.bytes(32).toString('hex'));
  const session_id = maker.random.uuid();
  const build = (chunk_hashes: unknown, session: unknown = session_id) =>
    post('/merkle/build', { session_id: session, chunk_hashes });

  test('are built once per session; other hashes are a conflict', async () => {
    const first = await build(hashes);
    expect(first).toMatchObject({
      status: 201,
      body: { root_hash: merkleRoot(hashes), leaf_count: 5, tree_height: 3 },
    });
    const again = await build(hashes);
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect((await build(hashes.slice(1))).code).toBe('LUCID_ERR_6302');
    expect((await build([...hashes].reverse())).code).toBe('LUCID_ERR_6302');
    const racing = maker.random.uuid();
    const answers = await Promise.all([hashes, hashes, hashes.slice(1)].map((list) => build(list, racing)));
    expect(answers.map(({ status }) => status).filter((status) => status === 409).length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  test('prove each leaf, by id and by root, and the proof verifies', async () => {
    const { body } = await build(hashes);
    const { tree_id, root_hash } = body as { tree_id: string; root_hash: string };
    for (const [index, hash] of hashes.entries()) {
      const proof = (await get(`/merkle/${index % 2 ? tree_id : root_hash}/proof/${index}`, 'user')).body as {
        leaf_hash: string;
      };
      expect(proof.leaf_hash).toBe(leafHash(hash));
      expect((await post('/merkle/verify', proof)).body).toMatchObject({ verified: true });
      const moved = { ...proof, leaf_index: (index + 1) % 5 };
      expect((await post('/merkle/verify', moved)).body).toMatchObject({ verified: false });
    }
    expect((await get(`/merkle/${tree_id}/proof/5`)).code).toBe('LUCID_ERR_6303');
    expect((await get(`/merkle/${root_hash}`)).body).toMatchObject({ tree_id });
  });

  test('whose file is gone or touched say so, and are whole again once built again', async () => {
    const session = maker.random.uuid();
    const { body } = await build(hashes, session);
    const { tree_id } = body as { tree_id: string };
    const files = new LeafFiles(folder.path, maker.random);
    await files.remove(tree_id);
    expect((await get(`/merkle/${tree_id}/proof/0`)).code).toBe('LUCID_ERR_6304');
    await files.write(tree_id, buildTree(hashes.slice(1)).levels.slice(0, 1));
    expect((await get(`/merkle/${tree_id}/proof/0`)).code).toBe('LUCID_ERR_6304');
    expect((await build(hashes, session)).status).toBe(200);
    expect((await get(`/merkle/${tree_id}/proof/0`)).status).toBe(200);
  });

  test('are refused without hashes, with bad ones, or for no session', async () => {
    for (const list of [[], ['x'], ['AB'.repeat(32)], [5], 'x', undefined])
      expect((await build(list, maker.random.uuid())).status).toBe(400);
    expect((await build(hashes, 'x')).status).toBe(400);
    expect((await post('/merkle/verify', {})).status).toBe(400);
  });

  test.each([
    [`/merkle/${UNKNOWN}`, 404],
    [`/merkle/${'ab'.repeat(32)}`, 404],
    ['/merkle/x', 400],
    [`/merkle/${UNKNOWN}/proof/0`, 404],
    [`/merkle/${UNKNOWN}/proof/-1`, 400],
    [`/merkle/${UNKNOWN}/proof/x`, 400],
  ])('%s answers %i', async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });
});
