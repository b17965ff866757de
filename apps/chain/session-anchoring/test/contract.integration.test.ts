import { type Endpoint, sessionAnchoring, type TransactionProof } from '@lucid/contracts';
import { canonicalHash, signHash, ZERO_HASH } from '@lucid/ledger';
import { Registry } from '@lucid/metrics';
import { openCollection } from '@lucid/mongo';
import { startTestMongo, TestIdentities, type TestMongo, testContext } from '@lucid/testing';
import type { FastifyInstance } from 'fastify';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Anchorings, anchoringsDefinition } from '../src/adapters/anchorings.ts';
import { Checkpoints, checkpointsDefinition } from '../src/adapters/checkpoints.ts';
import { buildApp } from '../src/app.ts';
import { config } from '../src/config.ts';
import type { AnchoringRequest } from '../src/domain/anchoring-document.ts';
import { checkpointData } from '../src/domain/checkpoint-document.ts';
import { anchorData, signSaying } from '../src/domain/sayings.ts';
import { metrics } from '../src/metrics.ts';
import { aManifest } from './a-manifest.ts';
import { aProof } from './a-proof.ts';
import { ANCHORING, anchoringKey, anchoringPem, manifestKey, requestMaker } from './support.ts';

const PIPELINE = 'lucid-session-pipeline';
const GATEWAY = 'lucid-api-gateway';
const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const identities = new TestIdentities();
for (const caller of [PIPELINE, GATEWAY, 'lucid-stranger']) identities.pemOf(caller);
const maker = requestMaker('contract');
const proofs = new Map<string, TransactionProof>();
const MAX_WAITING = 30;
const engine = { proof: async (txId: string) => proofs.get(txId), isAnswering: true };
let nudges = 0;
let mongo: TestMongo;
let client: MongoClient;
let anchorings: Anchorings;
let checkpoints: Checkpoints;
let app: FastifyInstance;

beforeAll(async () => {
  mongo = await startTestMongo();
  client = await new MongoClient(mongo.uri('anchoring_contract')).connect();
  const context = testContext({ service: ANCHORING, identities, allowedCallers: [PIPELINE, GATEWAY] });
  const { clock, random } = context;
  const collection = await openCollection(client.db(), anchoringsDefinition);
  anchorings = new Anchorings(collection, { clock, random, leaseMs: 15_000 });
  checkpoints = new Checkpoints(await openCollection(client.db(), checkpointsDefinition), {
    clock,
    random,
    leaseMs: 15_000,
  });
  const settings = config.load({
    ...identities.environment(ANCHORING, [PIPELINE, GATEWAY]),
    MONGODB_URI: mongo.uri('anchoring_contract'),
    ANCHORING_SIGNING_KEY: anchoringPem,
  });
  const worker = {
    nudge: () => {
      nudges += 1;
    },
  };
  const instruments = metrics.register(new Registry());
  const queues = {
    anchorings,
    checkpoints,
    worker,
    checkpointWorker: worker,
    maxWaiting: MAX_WAITING,
    gatherMs: 0,
  };
  app = buildApp(settings, { ...queues, engine, instruments }, context);
  await app.ready();
});
afterAll(async () => {
  await app?.close();
  await client?.close();
  await mongo?.close();
  identities[Symbol.dispose]();
});

const asService = () => identities.headers(PIPELINE, ANCHORING);
const asUser = (id: string) => identities.headers(GATEWAY, ANCHORING, { id, role: 'user' });

async function call(method: string, path: string, headers: Record<string, string>, payload?: unknown) {
  const answer = await app.inject({
    method: method as 'GET',
    url: path,
    headers: { ...headers, ...(payload === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(payload === undefined
      ? {}
      : { payload: typeof payload === 'string' ? payload : JSON.stringify(payload) }),
  });
  const body = (answer.body === '' ? undefined : answer.json()) as never;
  return { status: answer.statusCode, body, code: (body as { error?: { code?: string } })?.error?.code };
}
const anchor = async (body: unknown) => call('POST', '/api/v1/anchoring/session', await asService(), body);
const verify = async (body: unknown, userId: string) =>
  call('POST', '/api/v1/anchoring/verify', await asUser(userId), body);

const guarded = Object.entries<Endpoint>(sessionAnchoring.endpoints).filter(
  ([, { access }]) => access !== 'public' && access !== 'open',
);

describe.each(guarded)('%s', (_name, { method, path, access }) => {
  const url = path.replace(/:[a-z_]+/g, UNKNOWN);
  const payload = method === 'POST' ? '{"not":"it"' : undefined;

  test('answers 401 without a token and to a forged one, before it looks at anything else', async () => {
    for (const headers of [{}, { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.' }])
      expect((await call(method, url, headers, payload)).status).toBe(401);
  });

  test('answers 403 to a service that the topology does not let call', async () => {
    const headers = await identities.headers('lucid-stranger', ANCHORING);
    expect((await call(method, url, headers)).code).toBe('LUCID_ERR_2020');
  });

  test('takes no call from outside for that of a service', async () => {
    const headers = {
      ...(await identities.headers(GATEWAY, ANCHORING)),
      'x-user-id': 'nobody',
      'x-user-role': 'admin',
    };
    expect((await call(method, url, headers)).status).toBe(access === 'service' ? 403 : 401);
  });
});

describe('asking for an anchor', () => {
  test('is accepted at once, wakes the worker, and is the same however often', async () => {
    const asked = maker.request();
    const before = nudges;
    const first = await anchor(asked);
    expect(first).toMatchObject({
      status: 202,
      body: { status: 'pending', user_id: asked.user_id, finalized: false },
    });
    expect(nudges).toBe(before + 1);
    const again = await anchor(asked);
    expect([again.status, again.body]).toEqual([202, first.body]);
  });

  test('with another root, manifest or owner is a conflict', async () => {
    const asked = maker.request();
    await anchor(asked);
    const other = 'ab'.repeat(32);
    const resigned = { manifest_hash: other, manifest_signature: signHash(other, manifestKey) };
    for (const over of [{ merkle_root: other }, resigned, { owner_ref: other }])
      expect(await anchor({ ...asked, ...over })).toMatchObject({ status: 409, code: 'LUCID_ERR_6402' });
  });

  test('is for whoever has signed: the user, or else the key of the manifest', async () => {
    const asked = maker.request();
    const { manifest_signature: _none, ...unsigned } = asked;
    const statement = canonicalHash({
      session_id: asked.session_id,
      merkle_root: asked.merkle_root,
      manifest_hash: asked.manifest_hash,
    });
    const byUser = {
      ...unsigned,
      user_signature: signHash(statement, anchoringKey),
      user_public_key: anchoringKey.publicKey,
    };
    for (const refused of [
      unsigned,
      { ...asked, manifest_signature: signHash(asked.manifest_hash, anchoringKey) },
      { ...byUser, user_public_key: manifestKey.publicKey },
      { ...byUser, merkle_root: 'ab'.repeat(32) },
      { ...byUser, user_public_key: undefined },
      { ...asked, user_signature: byUser.user_signature, user_public_key: manifestKey.publicKey },
    ])
      expect(await anchor(refused)).toMatchObject({ status: 400, code: 'LUCID_ERR_6407' });
    expect((await anchor(byUser)).status).toBe(202);
  });

  test('in another form is refused', async () => {
    const good = maker.request();
    const bad = [
      ...Object.keys(good).map((name) => ({ ...good, [name]: undefined })),
      ...Object.keys(good).map((name) => ({ ...good, [name]: 'x' })),
      { ...good, chunk_count: 0 },
      { ...good, chunk_count: 1.5 },
      { ...good, total_size: -1 },
      { ...good, merkle_root: good.merkle_root.toUpperCase().replace(/\d/g, 'A') },
      { ...good, surprise: 1 },
      '[]',
      'no json',
      '',
    ];
    for (const body of bad) expect([body, (await anchor(body)).status]).toEqual([body, 400]);
  });

  test('spells the day as the chain does', async () => {
    const asked = maker.request({ created_at: '2026-01-02T04:04:05+01:00' });
    await anchor(asked);
    expect((await anchorings.find(asked.session_id))?.created_at).toBe('2026-01-02T03:04:05.000Z');
    expect((await anchor({ ...asked, created_at: '2026-01-02T03:04:05.000Z' })).status).toBe(202);
  });
});

describe('looking at an anchoring', () => {
  test('is for its owner and for services; to others there is nothing', async () => {
    const asked = maker.request();
    await anchor(asked);
    const url = `/api/v1/anchoring/session/${asked.session_id}`;
    expect((await call('GET', url, await asUser(asked.user_id))).status).toBe(200);
    expect((await call('GET', url, await asService())).status).toBe(200);
    const foreign = await call('GET', url, await asUser(maker.random.uuid()));
    const unknown = await call('GET', `/api/v1/anchoring/session/${UNKNOWN}`, await asUser(asked.user_id));
    for (const answer of [foreign, unknown])
      expect([answer.status, answer.code]).toEqual([404, 'LUCID_ERR_6401']);
    expect((await call('GET', '/api/v1/anchoring/session/x', await asService())).status).toBe(400);
  });
});

const STEPS = [
  'manifest_hash',
  'manifest_signature',
  'merkle_root',
  'anchor_transaction',
  'transaction_inclusion',
  'block',
  'checkpoints',
] as const;

/** The steps of a report; those that are not named were skipped. */
const stepsOf = (given: Partial<Record<(typeof STEPS)[number], string>>) =>
  STEPS.map((step) => ({ step, status: given[step] ?? 'skipped' }));

describe('verifying an anchor', () => {
  /** An anchoring whose transaction stands in a pretended chain. */
  async function anchored(over: Partial<AnchoringRequest> = {}) {
    const asked = maker.request(over);
    await anchor(asked);
    const document = await anchorings.find(asked.session_id);
    if (!document) throw new Error('unreachable');
    const transaction = signSaying(
      { type: 'session_anchor', data: { ...anchorData(document) } },
      maker.random.uuid(),
      Date.now(),
      anchoringKey,
    );
    await client
      .db()
      .collection<{ _id: string }>('session_anchorings')
      .updateOne({ _id: asked.session_id }, { $set: { transaction } });
    const proof = aProof(JSON.parse(transaction.text));
    proofs.set(transaction.tx_id, proof);
    return { asked, proof, tx_id: transaction.tx_id };
  }

  test('says yes only to this root of this session in this block, with a proof that holds', async () => {
    const { asked, proof, tx_id } = await anchored();
    const { session_id, merkle_root, user_id } = asked;
    const height = proof.block.header.height;
    expect((await verify({ session_id, merkle_root }, user_id)).body).toEqual({
      verified: true,
      steps: stepsOf({ anchor_transaction: 'passed', transaction_inclusion: 'passed', block: 'passed' }),
      merkle_proof_valid: true,
      block_height: height,
      transaction_id: tx_id,
      confirmation_time: proof.block.header.timestamp,
    });
    const no = { verified: false, merkle_proof_valid: true };
    expect((await verify({ session_id, merkle_root: 'ab'.repeat(32) }, user_id)).body).toMatchObject(no);
    expect((await verify({ session_id, merkle_root, block_height: height + 1 }, user_id)).body).toMatchObject(
      no,
    );
    const other = (await anchored()).proof;
    const forgeries: [TransactionProof, boolean][] = [
      [other, true],
      [{ ...proof, transaction_count: 2 }, false],
      [{ ...proof, proof_path: other.proof_path.slice(1) }, false],
      [{ ...proof, block: { ...proof.block, signature: '0'.repeat(128) } }, true],
      [{ ...proof, validator_public_key: anchoringKey.publicKey }, true],
      [{ ...proof, certificate: { ...proof.certificate, view: proof.certificate.view + 1 } }, true],
      [{ ...proof, genesis: { ...proof.genesis, hash: 'ab'.repeat(32) } }, true],
    ];
    for (const [forged, pathHolds] of forgeries) {
      proofs.set(tx_id, forged);
      expect((await verify({ session_id, merkle_root }, user_id)).body).toMatchObject({
        verified: false,
        merkle_proof_valid: pathHolds,
      });
    }
  });

  test('judges the manifest that is handed in, step by step', async () => {
    const session_id = maker.random.uuid();
    const signed = aManifest(session_id, 3);
    const { manifest_hash, public_key, signature } = signed;
    const { asked } = await anchored({
      session_id,
      merkle_root: signed.manifest.merkle_root,
      manifest_hash,
      manifest_public_key: public_key,
      manifest_signature: signature,
    });
    const judged = async (manifest: object) => {
      const { body } = await verify({ session_id, merkle_root: asked.merkle_root, manifest }, asked.user_id);
      const { verified, steps } = body as { verified: boolean; steps: { step: string; status: string }[] };
      return [verified, ...steps.slice(0, 3).map(({ status }) => status)];
    };
    expect(await judged(signed)).toEqual([true, 'passed', 'passed', 'passed']);
    const [first, second, ...rest] = signed.manifest.chunks;
    const swapped = { ...signed.manifest, chunks: [second, first, ...rest] };
    expect(await judged({ ...signed, manifest: swapped })).toEqual([false, 'failed', 'failed', 'failed']);
    const renamed = { ...signed.manifest, generated_by: 'somebody' };
    expect(await judged({ ...signed, manifest: renamed })).toEqual([false, 'failed', 'failed', 'passed']);
    expect(await judged({ ...signed, signature: '0'.repeat(128) })).toEqual([
      false,
      'passed',
      'failed',
      'passed',
    ]);
    expect(await judged(aManifest(session_id, 3, anchoringKey))).toEqual([
      false,
      'passed',
      'failed',
      'passed',
    ]);
    expect(await judged(aManifest(maker.random.uuid(), 3))).toEqual([false, 'failed', 'passed', 'failed']);
    expect(await judged({ ...signed, manifest: {} })).toEqual([false, 'failed', 'skipped', 'skipped']);
  });

  test('says no before there is a block, and nothing at all to others', async () => {
    const asked = maker.request();
    await anchor(asked);
    const { session_id, merkle_root, user_id } = asked;
    expect((await verify({ session_id, merkle_root }, user_id)).body).toEqual({
      verified: false,
      steps: stepsOf({ anchor_transaction: 'failed' }),
      merkle_proof_valid: false,
    });
    expect((await verify({ session_id, merkle_root }, maker.random.uuid())).status).toBe(404);
    expect((await verify({ session_id: UNKNOWN, merkle_root }, user_id)).status).toBe(404);
    for (const body of [
      {},
      { session_id },
      { session_id, merkle_root: 'x' },
      { session_id, merkle_root, block_height: -1 },
    ])
      expect((await verify(body, user_id)).status).toBe(400);
    expect(
      (await call('POST', '/api/v1/anchoring/verify', await asService(), { session_id, merkle_root })).status,
    ).toBe(401);
  });
});

describe('checkpoints', () => {
  const url = (sessionId: string, what = 'checkpoints') => `/api/v1/anchoring/session/${sessionId}/${what}`;
  const put = async (session: AnchoringRequest, chunks: number) => {
    const { session_id, ...body } = maker.checkpoint(session, chunks);
    return call('POST', url(session_id), await asService(), body);
  };

  /** What the driver would do: each signed, in a block of a pretended chain, naming the one before. */
  async function confirmAll(sessionId: string): Promise<void> {
    let previous = ZERO_HASH;
    for (const document of await checkpoints.list(sessionId, 0, 1000)) {
      const data = { ...checkpointData({ ...document, previous }) };
      const txId = maker.random.uuid();
      const transaction = signSaying({ type: 'data_storage', data }, txId, Date.now(), anchoringKey);
      const change = { transaction, previous, status: 'confirmed', attempts: 1 };
      await client
        .db()
        .collection<{ _id: string }>('session_checkpoints')
        .updateOne({ _id: document._id }, { $set: change });
      proofs.set(txId, aProof(JSON.parse(transaction.text)));
      previous = transaction.tx_hash;
    }
  }

  test('are taken, and shown in order to their owner and to services alone', async () => {
    const session = maker.request();
    const first = await put(session, 0);
    expect(first).toMatchObject({ status: 202, body: { sequence: 1, status: 'pending', chunk_count: 0 } });
    expect((await put(session, 0)).body).toEqual(first.body);
    await confirmAll(session.session_id);
    expect(await put(session, 0)).toMatchObject({ status: 200, body: { status: 'confirmed' } });
    expect(await put(session, 3)).toMatchObject({ status: 202, body: { sequence: 2 } });
    const listed = await call('GET', url(session.session_id), await asUser(session.user_id));
    expect(listed).toMatchObject({ status: 200, body: { total: 2 } });
    const page = await call('GET', `${url(session.session_id)}?after=1&limit=1`, await asService());
    expect(page.body).toMatchObject({ checkpoints: [{ sequence: 2, chunk_count: 3 }], total: 2 });
    for (const what of ['checkpoints', 'evidence'])
      for (const [of, who] of [
        [session.session_id, maker.random.uuid()],
        [UNKNOWN, session.user_id],
      ] as const)
        expect(await call('GET', url(of, what), await asUser(who))).toMatchObject({
          status: 404,
          code: 'LUCID_ERR_6401',
        });
  });

  test('in another form, or contradicting what was told, are refused', async () => {
    const session = maker.request();
    await put(session, 2);
    const { session_id, ...good } = maker.checkpoint(session, 3);
    for (const bad of [
      {},
      { ...good, chunk_count: -1 },
      { ...good, merkle_root: 'x' },
      { ...good, merkle_root: ZERO_HASH },
      { ...good, total_size: 0 },
      { ...good, recorded_at: 'today' },
      { ...good, surprise: 1 },
    ])
      expect((await call('POST', url(session_id), await asService(), bad)).status).toBe(400);
    const other = { ...good, chunk_count: 2 };
    expect((await call('POST', url(session_id), await asService(), other)).code).toBe('LUCID_ERR_6405');
    await anchor(session);
    expect(await put(session, 4)).toMatchObject({ status: 409, code: 'LUCID_ERR_6406' });
  });

  test('of a recording that never arrived are evidence, with proofs that anybody can judge', async () => {
    const session = maker.request();
    await put(session, 0);
    await confirmAll(session.session_id);
    await put(session, 2);
    await confirmAll(session.session_id);
    const ask = async (query = '') =>
      (await call('GET', `${url(session.session_id, 'evidence')}${query}`, await asUser(session.user_id)))
        .body;
    const evidence = await ask();
    expect(evidence).toMatchObject({
      finished: false,
      anchoring_status: 'none',
      total: 2,
      holds: true,
      checkpoints: [
        { sequence: 1, chunk_count: 0, previous: ZERO_HASH, holds: true },
        { sequence: 2, chunk_count: 2, holds: true, proof: { block: { header: { height: 1 } } } },
      ],
    });
    expect(await ask('?after=1')).toMatchObject({ holds: true, checkpoints: [{ sequence: 2 }] });
    const [, second] = await checkpoints.list(session.session_id, 0, 2);
    const txId = second?.transaction?.tx_id ?? '';
    const proof = proofs.get(txId);
    if (!proof) throw new Error('unreachable');
    proofs.set(txId, { ...proof, block: { ...proof.block, signature: '0'.repeat(128) } });
    expect(await ask()).toMatchObject({ holds: false, checkpoints: [{ holds: true }, { holds: false }] });
    proofs.delete(txId);
    expect(await ask()).toMatchObject({ holds: false, checkpoints: [{ sequence: 1 }] });
    proofs.set(txId, proof);
    await anchor(session);
    expect(await ask()).toMatchObject({ finished: true, anchoring_status: 'pending', holds: true });
  });

  test('that an anchor names are judged with it', async () => {
    const session = maker.request();
    await put(session, 0);
    await confirmAll(session.session_id);
    const { tx_id } = await anchorOf(session);
    const judge = async () => {
      const { session_id, merkle_root, user_id } = session;
      const { body } = await verify({ session_id, merkle_root }, user_id);
      return (body as { steps: { step: string; status: string }[] }).steps.at(-1);
    };
    expect(proofs.has(tx_id)).toBe(true);
    expect(await judge()).toEqual({ step: 'checkpoints', status: 'passed' });
    const [only] = await checkpoints.list(session.session_id, 0, 1);
    proofs.delete(only?.transaction?.tx_id ?? '');
    expect(await judge()).toEqual({ step: 'checkpoints', status: 'failed' });
  });

  /** Its anchor, in a block of a pretended chain, naming its checkpoints. */
  async function anchorOf(session: AnchoringRequest): Promise<{ tx_id: string }> {
    await anchor(session);
    const [document, row] = await Promise.all([
      anchorings.find(session.session_id),
      checkpoints.list(session.session_id, 0, 1000),
    ]);
    if (!document) throw new Error('unreachable');
    const named = { count: row.length, last: row.at(-1)?.transaction?.tx_hash ?? '' };
    const data = { ...anchorData({ ...document, checkpoints: named }) };
    const tx_id = maker.random.uuid();
    const transaction = signSaying({ type: 'session_anchor', data }, tx_id, Date.now(), anchoringKey);
    await client
      .db()
      .collection<{ _id: string }>('session_anchorings')
      .updateOne({ _id: session.session_id }, { $set: { transaction, checkpoints: named } });
    proofs.set(tx_id, aProof(JSON.parse(transaction.text)));
    return { tx_id };
  }
});

test('an engine that does not answer shows in the counters', async () => {
  engine.isAnswering = false;
  expect(await call('GET', '/api/v1/anchoring/status', {})).toMatchObject({ body: { status: 'error' } });
  engine.isAnswering = true;
});

test('the counters are open, and a full queue refuses what is new', async () => {
  const status = await call('GET', '/api/v1/anchoring/status', {});
  expect(status).toMatchObject({ status: 200, body: { status: 'busy', processing: 0, completed_today: 0 } });
  const answers = [];
  for (let n = 0; n < MAX_WAITING; n++) answers.push(await anchor(maker.request()));
  expect(answers.at(-1)).toMatchObject({ status: 503, code: 'LUCID_ERR_6403' });
});
