import type { TransactionProof } from '@lucid/contracts';
import { type Block, SLOT_DURATION_MS, signingKeyFromSeed, slotAt, slotStartMs, viewOf } from '@lucid/ledger';
import type { ServiceContext } from '@lucid/service';
import {
  eventually,
  FakeClock,
  startTestMongo,
  TestIdentities,
  type TestMongo,
  temporaryFolder,
  testContext,
} from '@lucid/testing';
import type { FastifyInstance } from 'fastify';
import { type Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildApp } from '../src/app.ts';
import { config } from '../src/config.ts';
import { CapturingHttp, COLLEAGUES, COUNCIL, Colleagues } from './colleagues.ts';
import { openDeps } from './deps.ts';
import { BLOCK_TIME_MS, GENESIS_AT, openRig, type Rig, settle } from './rig.ts';
import { clientKey, ENGINE, environment, NODE_ID, transactionMaker, validatorKey } from './support.ts';

const PIPELINE = 'lucid-session-pipeline';
const GATEWAY = 'lucid-api-gateway';
const USER = '00000000-0000-4000-8000-000000000000';
const SECONDS = 1000;
const identities = new TestIdentities();
for (const caller of [PIPELINE, GATEWAY, ENGINE]) identities.pemOf(caller);
const folder = temporaryFolder('engine-consensus');
let mongo: TestMongo;
let client: MongoClient;
let databases = 0;

let database: Db;
let clock: FakeClock;
let http: CapturingHttp;
let rig: Rig;
let app: FastifyInstance;
let others: Colleagues;
let maker: ReturnType<typeof transactionMaker>;
/** Who leads the slot that is, and who comes after. */
let primary: string;

const open = (over: Partial<Parameters<typeof openRig>[1]> = {}) =>
  openRig(database, {
    clock,
    http,
    address: 'holder:8084',
    genesis: {
      createdAt: GENESIS_AT,
      self: { validator: NODE_ID, public_key: validatorKey.publicKey },
      validators: COUNCIL,
    },
    peers: COLLEAGUES.map((validator) => ({
      validator,
      url: `http://127.0.0.1:${validator.charCodeAt(0)}`,
      service: ENGINE,
    })),
    ...over,
  });
const addressOf = (validator: string) => `127.0.0.1:${validator.charCodeAt(0)}`;

beforeAll(async () => {
  mongo = await startTestMongo();
  client = await new MongoClient(mongo.uri('engine_consensus')).connect();
});
afterAll(async () => {
  await client?.close();
  await mongo?.close();
  folder.remove();
  identities[Symbol.dispose]();
});
beforeEach(async () => {
  database = client.db(`engine_consensus_${databases++}`);
  // A slot that is not this engine's: the others take turns in the order of the genesis block.
  const slot = Math.ceil(slotAt(Date.UTC(2026, 0, 5)) / 4) * 4 + 1;
  clock = new FakeClock(slotStartMs(slot) + 10 * SECONDS);
  maker = transactionMaker(`consensus ${databases}`, () => clock.nowMs());
  http = new CapturingHttp();
  rig = await open();
  await settle(rig);
  others = new Colleagues(rig.validators.genesis.hash);
  const context = testContext({ service: ENGINE, identities, allowedCallers: [PIPELINE, GATEWAY, ENGINE] });
  const onOurTime: ServiceContext = Object.create(context, { clock: { value: clock } });
  const settings = config.load({
    ...environment,
    ...identities.environment(ENGINE, [PIPELINE, GATEWAY, ENGINE]),
    MONGODB_URI: mongo.uri('engine_consensus'),
  });
  app = buildApp(settings, await openDeps(database, rig, { clock, folder: folder.path }), onOurTime);
  await app.ready();
  primary = (await get('/consensus/leader')).body.primary as string;
});

async function call(method: 'GET' | 'POST', path: string, payload?: unknown, role?: string) {
  const headers = await identities.headers(
    role ? GATEWAY : PIPELINE,
    ENGINE,
    role ? { id: USER, role } : undefined,
  );
  const answer = await app.inject({
    method,
    url: `/api/v1${path}`,
    headers: { ...headers, ...(payload === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(payload === undefined ? {} : { payload: JSON.stringify(payload) }),
  });
  const body = answer.json() as Record<string, unknown> & { error?: { code: string } };
  return { status: answer.statusCode, body, code: body.error?.code };
}
const get = (path: string, role?: string) => call('GET', path, undefined, role);
const post = (path: string, payload: unknown, role?: string) => call('POST', path, payload, role);
const send = (...messages: unknown[]) => post('/consensus/messages', { from: primary, messages });

const tip = async (): Promise<Block> => (await get('/blocks/latest')).body as unknown as Block;
const ourVote = (phase: string) =>
  eventually(`our ${phase}`, () => http.votesTo(addressOf(primary)).find((vote) => vote.phase === phase));

/** More than two thirds have no memory of votes, so nothing can hang on one: this engine may vote at once. */
const assemble = () => send(...COLLEAGUES.map((validator) => others.novice(validator, clock.nowMs())));

async function confirm(block: Block, voters: readonly string[]): Promise<void> {
  await send(others.proposal(block));
  await send(...others.ballots('prevote', block, voters));
  await send(...others.ballots('precommit', block, voters));
}

test('a block comes about: proposed by its leader, voted on in two phases, kept with its certificate', async () => {
  expect(COLLEAGUES).toContain(primary);
  await assemble();
  const transaction = maker.anchor();
  const block = others.block(primary, rig.validators.genesis, clock.nowMs(), [transaction]);
  expect(await send(others.proposal(block))).toMatchObject({ status: 202, body: { validator: NODE_ID } });
  expect(await ourVote('prevote')).toMatchObject({ block_hash: block.hash, validator: NODE_ID });
  const two = COLLEAGUES.slice(0, 2);
  await send(...others.ballots('prevote', block, two));
  expect(await ourVote('precommit')).toMatchObject({ block_hash: block.hash });
  expect((await tip()).header.height).toBe(0);
  await send(...others.ballots('precommit', block, two));
  expect(await tip()).toEqual(block);

  const { body } = await get('/consensus/blocks?from=1');
  const [kept] = body.blocks as { certificate: { votes: { validator: string }[] } }[];
  expect(kept?.certificate.votes.map(({ validator }) => validator).toSorted()).toEqual(
    [NODE_ID, ...two].toSorted(),
  );
  const proof = (await get(`/transactions/${transaction.tx_id}/proof`)).body as unknown as TransactionProof;
  expect(proof.certificate).toEqual(kept?.certificate);
  const { body: seen } = await get('/consensus/participants', 'user');
  const rates = (seen.participants as { node_id: string; participation_rate: number; status: string }[]).map(
    ({ node_id, participation_rate }) => [node_id, participation_rate],
  );
  expect(Object.fromEntries(rates)).toEqual({
    [NODE_ID]: 1,
    [two[0] ?? '']: 1,
    [two[1] ?? '']: 1,
    [COLLEAGUES[2] ?? '']: 0,
  });
});

test('a store that was lost does not vote, and follows what the others confirm', async () => {
  const block = others.block(primary, rig.validators.genesis, clock.nowMs());
  await confirm(block, COLLEAGUES);
  expect((await tip()).hash).toBe(block.hash);
  expect(http.votesTo(addressOf(primary))).toEqual([]);
});

test('what is forged is refused with its code, and the rest of the delivery is heard', async () => {
  await assemble();
  const block = others.block(primary, rig.validators.genesis, clock.nowMs());
  const [good] = others.ballots('prevote', block, [primary]);
  const forgedVote = { kind: 'vote', vote: { ...good?.vote, block_hash: null } };
  const stranger = { kind: 'vote', vote: { ...good?.vote, validator: 'e'.repeat(32) } };
  expect((await send(forgedVote)).code).toBe('LUCID_ERR_6204');
  expect(await send(stranger)).toMatchObject({ status: 403, code: 'LUCID_ERR_6203' });
  expect((await send({ kind: 'vote', vote: { validator: primary } })).code).toBe('LUCID_ERR_6205');
  expect((await send({ kind: 'song' })).code).toBe('LUCID_ERR_6205');
  const touched = {
    ...block,
    header: { ...block.header, nonce: 0 as const, validator: COLLEAGUES[1] ?? '' },
  };
  expect((await send({ ...others.proposal(block), block: touched })).code).toBe('LUCID_ERR_6002');
  const unsigned = { ...block, signature: '0'.repeat(128) };
  expect((await send({ ...others.proposal(block), block: unsigned })).code).toBe('LUCID_ERR_6002');
  const proposal = others.proposal(block);
  const stolen = { ...proposal, proposal: { ...proposal.proposal, view: proposal.proposal.view + 1 } };
  expect((await send(stolen, forgedVote)).code).toBe('LUCID_ERR_6204');
  expect((await send({ kind: 'transactions', transactions: [{}] })).code).toBe('LUCID_ERR_6205');
  expect(http.votesTo(addressOf(primary))).toEqual([]);
  await send(forgedVote, proposal);
  expect(await ourVote('prevote')).toMatchObject({ block_hash: block.hash });
});

test.each([
  ['a forged transaction', () => ({ ...maker.plain(), signature: '0'.repeat(128) })],
  ['a proof of a node that nobody knows', () => maker.beacon({ node_id: 'nobody' })],
  ['a proof signed by another than its node', () => maker.beacon({}, clientKey)],
])('a block of the leader with %s gets no vote', async (_what, forged) => {
  await assemble();
  await send(others.proposal(others.block(primary, rig.validators.genesis, clock.nowMs(), [forged()])));
  await settle(rig);
  await clock.advance(5 * SECONDS);
  await settle(rig);
  expect(await ourVote('prevote')).toMatchObject({ block_hash: null });
});

test('a block by somebody whose turn it is not gets no vote', async () => {
  await assemble();
  const other = COLLEAGUES.find((validator) => validator !== primary) ?? '';
  await send(others.proposal(others.block(other, rig.validators.genesis, clock.nowMs())));
  await clock.advance(5 * SECONDS);
  await settle(rig);
  expect(await ourVote('prevote')).toMatchObject({ block_hash: null });
  expect((await post('/blocks', others.block(other, rig.validators.genesis, clock.nowMs()))).code).toBe(
    'LUCID_ERR_6201',
  );
  expect((await post('/blocks', others.block(primary, rig.validators.genesis, clock.nowMs()))).status).toBe(
    501,
  );
});

test('votes from outside are heard like those of a peer, and two that differ are on record', async () => {
  await assemble();
  const block = others.block(primary, rig.validators.genesis, clock.nowMs());
  const height = 1;
  const view = viewOf(block.header.slot, 0);
  const ballot = (block_hash: string | null) => {
    const { vote } = others.vote({ phase: 'prevote', height, view, block_hash, validator: primary });
    return {
      vote_type: 'block_validation',
      target_id: block.hash,
      vote_decision: block_hash === null ? 'reject' : 'approve',
      phase: 'prevote',
      height,
      view,
      validator: primary,
      signature: vote.signature,
    };
  };
  const approve = ballot(block.hash);
  expect(await post('/consensus/vote', approve, 'user')).toMatchObject({ status: 403 });
  expect(await post('/consensus/vote', approve, 'node_operator')).toMatchObject({
    status: 202,
    body: { status: 'accepted', vote_weight: 1 },
  });
  expect((await post('/consensus/vote', { ...approve, height: 7 })).code).toBe('LUCID_ERR_6206');
  expect((await post('/consensus/vote', { ...approve, vote_decision: 'reject' })).code).toBe(
    'LUCID_ERR_6204',
  );
  expect((await post('/consensus/vote', { ...approve, vote_decision: 'abstain' })).status).toBe(501);
  expect((await post('/consensus/vote', { ...approve, vote_type: 'participant_selection' })).status).toBe(
    501,
  );
  expect(await post('/consensus/vote', ballot(null))).toMatchObject({ status: 409, code: 'LUCID_ERR_6207' });
  const { body } = await get('/consensus/history', 'user');
  expect(body).toMatchObject({
    total: 1,
    events: [{ event_type: 'double_vote', validator: primary, height, view }],
  });
});

test('proofs are handed in as transactions, each once', async () => {
  const proof = maker.beacon();
  expect(await post('/consensus/proofs', proof, 'user')).toMatchObject({ status: 403 });
  const { slot } = proof.data;
  expect(await post('/consensus/proofs', proof, 'node_operator')).toMatchObject({
    status: 202,
    body: { proof_id: `${NODE_ID}_${slot}_uptime_beacon`, tx_id: proof.tx_id, status: 'pending' },
  });
  expect((await post('/consensus/proofs', maker.beacon({}, clientKey))).code).toBe('LUCID_ERR_6208');
  expect((await post('/consensus/proofs', { ...proof, signature: '0'.repeat(128) })).code).toBe(
    'LUCID_ERR_6105',
  );
  expect((await post('/consensus/proofs', { ...maker.beacon(), signature: '0'.repeat(128) })).code).toBe(
    'LUCID_ERR_6103',
  );
  expect((await post('/consensus/proofs', maker.plain())).code).toBe('LUCID_ERR_6208');
  await confirm(others.block(primary, rig.validators.genesis, clock.nowMs(), [proof]), COLLEAGUES);
  expect((await post('/consensus/proofs', maker.beacon())).code).toBe('LUCID_ERR_6209');
  const [row] = await database.collection('task_proofs').find({}).toArray();
  expect(row).toMatchObject({ node_id: NODE_ID, slot, type: 'uptime_beacon', block_height: 1 });
});

test('who leads is the same for every slot to come on all engines, and a slot that is over says how it went', async () => {
  const slot = slotAt(clock.nowMs());
  const { body: now } = await get('/consensus/leader', 'user');
  expect(now).toMatchObject({ slot, result: null });
  expect(now.fallbacks).toHaveLength(3);
  const stranger = await openRig(client.db(`engine_consensus_${databases++}`), {
    clock,
    genesis: {
      createdAt: GENESIS_AT,
      self: { validator: COLLEAGUES[0] ?? '', public_key: COUNCIL[1]?.public_key ?? '' },
      validators: COUNCIL,
    },
    key: signingKeyFromSeed('b'.repeat(64)),
  });
  expect(stranger.validators.genesis).toEqual(rig.validators.genesis);
  const schedule = (await stranger.ranking.atTip()).leadersOf(slot + 5);
  expect((await get(`/consensus/leader?slot=${slot + 5}`)).body).toMatchObject({ primary: schedule.primary });

  await confirm(others.block(primary, rig.validators.genesis, clock.nowMs()), COLLEAGUES);
  await clock.advance(2 * SLOT_DURATION_MS);
  const { body: next } = await get('/consensus/leader');
  const later = others.block(String(next.primary), await tip(), clock.nowMs());
  await confirm(later, COLLEAGUES);
  expect((await tip()).hash).toBe(later.hash);
  expect((await get(`/consensus/leader?slot=${slot}`)).body).toMatchObject({
    result: { winner: primary, reason: 'primary' },
  });
  expect((await get(`/consensus/leader?slot=${slot + 1}`)).body).toMatchObject({
    result: { winner: 'missed', reason: 'timeout' },
  });
  expect(await get(`/consensus/leader?slot=${slot - 1}`)).toMatchObject({
    status: 404,
    code: 'LUCID_ERR_6210',
  });
});

test('the network and the state of the vote can be seen', async () => {
  await assemble();
  await eventually(
    'a peer has answered',
    async () => Number((await get('/chain/network', 'user')).body.peer_count) > 0,
  );
  const network = await get('/chain/network', 'user');
  expect(network.body.connected_peers).toContainEqual(
    expect.objectContaining({ validator: COLLEAGUES[0], height: 0, latency_ms: expect.any(Number) }),
  );
  expect(network.body.consensus_participants).toEqual(COUNCIL.map(({ validator }) => validator));
  expect((await get('/consensus/status', 'user')).body).toMatchObject({
    mode: 'bootstrap',
    leader: primary,
    height: 1,
    participants_count: 4,
    voting_threshold: 3,
    slot: slotAt(clock.nowMs()),
  });
});

test('a restart within a slot goes on in that slot, bound by what was said before', async () => {
  await assemble();
  const block = others.block(primary, rig.validators.genesis, clock.nowMs());
  await send(others.proposal(block));
  await ourVote('prevote');
  http = new CapturingHttp();
  const reborn = await open();
  await settle(reborn);
  const report = reborn.council?.report();
  expect(report).toMatchObject({
    view: viewOf(block.header.slot, 0),
    silentThroughSlot: null,
    leader: primary,
  });
  // Another block of the same view: the validator has prevoted, and says nothing else.
  const second = others.block(primary, rig.validators.genesis, clock.nowMs(), [maker.plain()]);
  const inputs = [others.proposal(second)].map((message) => ({
    kind: 'message' as const,
    from: primary,
    message,
  }));
  await reborn.producer.hear(inputs as never);
  await clock.advance(BLOCK_TIME_MS);
  await settle(reborn);
  await clock.advance(3 * SECONDS);
  await settle(reborn);
  const prevotes = http
    .votesTo(addressOf(primary))
    .filter(({ phase, block_hash }) => phase === 'prevote' && block_hash);
  expect(prevotes.length).toBeGreaterThan(0);
  expect(prevotes.every(({ block_hash }) => block_hash === block.hash)).toBe(true);
});

test('an instance that stands by passes votes on to the one that votes, once, and keeps transactions itself', async () => {
  const around = new CapturingHttp();
  const standby = await open({ holder: 'engine-2', address: 'standby:8084', http: around });
  await settle(standby);
  expect(standby.producer.state).toBe('standby');
  const block = others.block(primary, rig.validators.genesis, clock.nowMs());
  const delivery = { from: primary, messages: others.ballots('prevote', block, [primary]) };
  await standby.inbox.take(delivery, false);
  expect(around.sent).toMatchObject([{ address: 'holder:8084', messages: delivery.messages }]);
  await expect(standby.inbox.take(delivery, true)).rejects.toMatchObject({ code: 6202 });
  const transaction = maker.plain();
  await standby.inbox.take(
    { from: primary, messages: [{ kind: 'transactions', transactions: [transaction] }] },
    false,
  );
  expect(await rig.ledger.transactions.find(transaction.tx_id)).toMatchObject({ status: 'pending' });
  expect(around.sent).toHaveLength(1); // who took it from its owner tells all others
  await standby.submissions.submit(maker.plain());
  expect(around.sent.map(({ address }) => address).slice(1)).toEqual(COLLEAGUES.map(addressOf));
  await rig.lease.release();
  await expect(standby.inbox.take(delivery, false)).rejects.toMatchObject({ code: 6202 });
});

test('an instance that lost the lease does not vote any more', async () => {
  await assemble();
  await clock.advance(11 * SECONDS);
  const heir = await open({ holder: 'engine-2' });
  await settle(heir); // the lease had expired: this one votes now
  const before = http.votesTo(addressOf(primary)).length;
  const block = others.block(primary, rig.validators.genesis, clock.nowMs());
  const inputs = [{ kind: 'message' as const, from: primary, message: others.proposal(block) }];
  // It believes that it holds the lease; the memory it would have to write belongs to another now.
  await Promise.allSettled([rig.producer.hear(inputs as never)]); // fails at once, or when the block has been judged
  await eventually('it is set back', () => rig.producer.state === 'syncing');
  await settle(rig);
  expect([rig.producer.state, heir.producer.state]).toEqual(['standby', 'active']);
  expect(
    http
      .votesTo(addressOf(primary))
      .slice(before)
      .filter(({ block_hash }) => block_hash !== null),
  ).toEqual([]);
});
