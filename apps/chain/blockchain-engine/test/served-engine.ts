import type { Block } from '@lucid/ledger';
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
import { afterAll, beforeAll } from 'vitest';
import { buildApp } from '../src/app.ts';
import { config } from '../src/config.ts';
import { openDeps } from './deps.ts';
import { BLOCK_TIME_MS, openRig, type Rig, settle } from './rig.ts';
import { ENGINE, environment, transactionMaker } from './support.ts';

const PIPELINE = 'lucid-session-pipeline';
const GATEWAY = 'lucid-api-gateway';
const STRANGER = 'lucid-stranger';
const USER = '00000000-0000-4000-8000-00000000000a';
/** An id of nothing. */
export const UNKNOWN = '00000000-0000-4000-8000-000000000000';

/** `service` is one that the topology lets call, `stranger` one that it does not. */
export type Who = 'nobody' | 'forger' | 'stranger' | 'service' | 'user' | 'admin';

interface Opened {
  client: MongoClient;
  database: Db;
  rig: Rig;
  deps: Awaited<ReturnType<typeof openDeps>>;
  app: FastifyInstance;
}

/** The routes of an engine that makes its chain alone, by a clock that waits for the tests of a file. */
export function servedEngine(name: string) {
  const identities = new TestIdentities();
  for (const caller of [PIPELINE, GATEWAY, STRANGER]) identities.pemOf(caller);
  const folder = temporaryFolder(`engine-${name}`);
  const clock = new FakeClock(Date.now());
  const maker = transactionMaker(name, () => clock.nowMs());
  let mongo: TestMongo | undefined;
  let opened: Opened | undefined;

  async function appOver(deps: Opened['deps'], mongoUri: string): Promise<FastifyInstance> {
    const context = testContext({ service: ENGINE, identities, allowedCallers: [PIPELINE, GATEWAY] });
    // Tokens live by the real clock, the chain by one that waits for us.
    const onOurTime: ServiceContext = Object.create(context, { clock: { value: clock } });
    const settings = config.load({
      ...environment,
      ...identities.environment(ENGINE, [PIPELINE, GATEWAY]),
      MONGODB_URI: mongoUri,
    });
    const app = buildApp(settings, deps, onOurTime);
    await app.ready();
    return app;
  }
  beforeAll(async () => {
    mongo = await startTestMongo();
    const uri = mongo.uri(`engine_${name}`);
    const client = await new MongoClient(uri).connect();
    const database = client.db();
    const rig = await openRig(database, { clock });
    await settle(rig);
    const deps = await openDeps(database, rig, { clock, folder: folder.path });
    opened = { client, database, rig, deps, app: await appOver(deps, uri) };
  });
  afterAll(async () => {
    await opened?.app.close();
    await opened?.client.close();
    await mongo?.close();
    folder.remove();
    identities[Symbol.dispose]();
  });
  const running = (): Opened => {
    if (!opened) throw new Error('before the first test');
    return opened;
  };

  /** @param id of the user or admin */
  async function headersOf(who: Who, id = USER): Promise<Record<string, string>> {
    switch (who) {
      case 'nobody':
        return {};
      case 'forger':
        return { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.' };
      case 'stranger':
        return identities.headers(STRANGER, ENGINE);
      case 'service':
        return identities.headers(PIPELINE, ENGINE);
      default:
        return identities.headers(GATEWAY, ENGINE, { id, role: who });
    }
  }

  /** @param payload a text goes as it is */
  async function call<Body = never>(who: Who, method: string, url: string, payload?: unknown) {
    const type = payload === undefined ? {} : { 'content-type': 'application/json' };
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const answer = await running().app.inject({
      method: method as 'GET',
      url,
      headers: { ...(await headersOf(who)), ...type },
      ...(payload === undefined ? {} : { payload: text }),
    });
    const body = (answer.body === '' ? undefined : answer.json()) as Body;
    return { status: answer.statusCode, body, code: (body as { error?: { code?: string } })?.error?.code };
  }
  const get = <Body = never>(path: string, who: Who = 'service') => call<Body>(who, 'GET', `/api/v1${path}`);
  const post = <Body = never>(path: string, payload: unknown, who: Who = 'service') =>
    call<Body>(who, 'POST', `/api/v1${path}`, payload);

  /** A block time passes, and there is a block. */
  async function tick(): Promise<void> {
    await clock.advance(BLOCK_TIME_MS);
    await settle(running().rig);
  }

  return {
    clock,
    maker,
    folder: folder.path,
    headersOf,
    call,
    get,
    post,
    tick,
    /** Hands them in. @returns the block that they stand in */
    async blockWith(transactions: ReturnType<typeof maker.plain>[]): Promise<Block> {
      for (const transaction of transactions) {
        const { status } = await post('/transactions', transaction);
        if (status !== 202) throw new Error(`not taken: ${status}`);
      }
      await tick();
      return (await get<Block>('/blocks/latest')).body;
    },
    /** Another app over the same chain, which has counted no calls yet; whoever asks for it closes it. */
    freshApp: () => appOver(running().deps, mongo?.uri(`engine_${name}`) ?? ''),
    get rig() {
      return running().rig;
    },
    get database() {
      return running().database;
    },
    get deps() {
      return running().deps;
    },
  };
}
