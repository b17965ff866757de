import type { TransactionProof } from '@lucid/contracts';
import { ZERO_HASH } from '@lucid/ledger';
import { Registry } from '@lucid/metrics';
import { openCollection } from '@lucid/mongo';
import { startTestMongo, TestIdentities, type TestMongo, testContext } from '@lucid/testing';
import type { FastifyInstance } from 'fastify';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll } from 'vitest';
import { Anchorings, anchoringsDefinition } from '../src/adapters/anchorings.ts';
import { Checkpoints, checkpointsDefinition } from '../src/adapters/checkpoints.ts';
import { buildApp } from '../src/app.ts';
import { config } from '../src/config.ts';
import type { AnchoringRequest } from '../src/domain/anchoring-document.ts';
import { checkpointData } from '../src/domain/checkpoint-document.ts';
import { anchorData, type Saying, signSaying } from '../src/domain/sayings.ts';
import { metrics } from '../src/metrics.ts';
import { aProof } from './a-proof.ts';
import { ANCHORING, anchoringKey, anchoringPem, type requestMaker } from './support.ts';

const PIPELINE = 'lucid-session-pipeline';
export const GATEWAY = 'lucid-api-gateway';
/** A service that nobody lets call. */
export const STRANGER = 'lucid-stranger';
/** The id of a session that there is not. */
export const UNKNOWN = '00000000-0000-4000-8000-000000000000';
export const MAX_WAITING = 30;

/** The routes over a real MongoDB, with an engine that knows what is put into `proofs`; no worker runs. */
export function servedAnchoring(name: string, maker: ReturnType<typeof requestMaker>) {
  const identities = new TestIdentities();
  for (const caller of [PIPELINE, GATEWAY, STRANGER]) identities.pemOf(caller);
  const proofs = new Map<string, TransactionProof>();
  const engine = { proof: async (txId: string) => proofs.get(txId), isAnswering: true };
  let nudges = 0;
  let mongo: TestMongo | undefined;
  let opened: Awaited<ReturnType<typeof open>> | undefined;

  async function open(uri: string) {
    const client = await new MongoClient(uri).connect();
    const context = testContext({ service: ANCHORING, identities, allowedCallers: [PIPELINE, GATEWAY] });
    const leasing = { clock: context.clock, random: context.random, leaseMs: 15_000 };
    const anchorings = new Anchorings(await openCollection(client.db(), anchoringsDefinition), leasing);
    const checkpoints = new Checkpoints(await openCollection(client.db(), checkpointsDefinition), leasing);
    const settings = config.load({
      ...identities.environment(ANCHORING, [PIPELINE, GATEWAY]),
      MONGODB_URI: uri,
      ANCHORING_SIGNING_KEY: anchoringPem,
    });
    const worker = {
      nudge: () => {
        nudges += 1;
      },
    };
    const queues = { anchorings, checkpoints, worker, checkpointWorker: worker };
    const instruments = metrics.register(new Registry());
    const deps = { ...queues, engine, instruments, maxWaiting: MAX_WAITING, gatherMs: 0 };
    const app = buildApp(settings, deps, context);
    await app.ready();
    return { client, anchorings, checkpoints, app };
  }
  beforeAll(async () => {
    mongo = await startTestMongo();
    opened = await open(mongo.uri(name));
  });
  afterAll(async () => {
    await opened?.app.close();
    await opened?.client.close();
    await mongo?.close();
    identities[Symbol.dispose]();
  });
  const running = () => {
    if (!opened) throw new Error('before the first test');
    return opened;
  };

  const asService = () => identities.headers(PIPELINE, ANCHORING);
  const asUser = (id: string) => identities.headers(GATEWAY, ANCHORING, { id, role: 'user' });
  const call = (method: string, path: string, headers: Record<string, string>, payload?: unknown) =>
    inject(running().app, method, path, headers, payload);
  const anchor = async (body: unknown) => call('POST', '/api/v1/anchoring/session', await asService(), body);

  /** Signs it and puts it into a block of a pretended chain. @returns what its document says of it then */
  function intoBlock(saying: Saying) {
    const transaction = signSaying(saying, maker.random.uuid(), Date.now(), anchoringKey);
    const proof = aProof(JSON.parse(transaction.text));
    proofs.set(transaction.tx_id, proof);
    return { transaction, proof };
  }
  const change = (collection: string, id: string, fields: object) =>
    running().client.db().collection<{ _id: string }>(collection).updateOne({ _id: id }, { $set: fields });

  return {
    identities,
    proofs,
    engine,
    call,
    anchor,
    asService,
    asUser,
    get anchorings() {
      return running().anchorings;
    },
    get checkpoints() {
      return running().checkpoints;
    },
    /** How often a worker was woken. */
    get nudges() {
      return nudges;
    },
    verify: async (body: unknown, userId: string) =>
      call('POST', '/api/v1/anchoring/verify', await asUser(userId), body),

    /** Asks for an anchor, and has it in a block, naming the checkpoints that there are. */
    async anchorInBlock(asked: AnchoringRequest) {
      await anchor(asked);
      const { anchorings, checkpoints } = running();
      const document = await anchorings.find(asked.session_id);
      if (!document) throw new Error('unreachable');
      const row = await checkpoints.list(asked.session_id, 0, 1000);
      const last = row.at(-1)?.transaction?.tx_hash;
      const named = last === undefined ? {} : { checkpoints: { count: row.length, last } };
      const data = { ...anchorData({ ...document, ...named }) };
      const { transaction, proof } = intoBlock({ type: 'session_anchor', data });
      await change('session_anchorings', asked.session_id, { transaction, ...named });
      return { proof, tx_id: transaction.tx_id };
    },

    /** What the driver would do with the checkpoints of a session: each in a block, naming the one before. */
    async confirmCheckpoints(sessionId: string): Promise<void> {
      let previous = ZERO_HASH;
      for (const document of await running().checkpoints.list(sessionId, 0, 1000)) {
        const data = { ...checkpointData({ ...document, previous }) };
        const { transaction } = intoBlock({ type: 'data_storage', data });
        await change('session_checkpoints', document._id, {
          ...{ transaction, previous },
          ...{ status: 'confirmed', attempts: 1 },
        });
        previous = transaction.tx_hash;
      }
    },
  };
}

async function inject(
  app: FastifyInstance,
  method: string,
  path: string,
  headers: Record<string, string>,
  payload: unknown,
) {
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
