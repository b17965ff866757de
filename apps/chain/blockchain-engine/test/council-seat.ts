import type { Block } from '@lucid/ledger';
import { slotAt, slotStartMs } from '@lucid/ledger';
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
import { afterAll, afterEach, beforeAll } from 'vitest';
import { buildApp } from '../src/app.ts';
import { config } from '../src/config.ts';
import { CapturingHttp, COLLEAGUES, COUNCIL, Colleagues } from './colleagues.ts';
import { openDeps } from './deps.ts';
import { GENESIS_AT, openRig, settle } from './rig.ts';
import { ENGINE, environment, NODE_ID, transactionMaker, validatorKey } from './support.ts';

const PIPELINE = 'lucid-session-pipeline';
const GATEWAY = 'lucid-api-gateway';
const USER = '00000000-0000-4000-8000-000000000000';

export const addressOf = (validator: string) => `127.0.0.1:${validator.charCodeAt(0)}`;

/**
 * An engine that is one of four validators: the three others are played by the test, and hear it through `http`. Its clock
 * stands still, ten seconds into a slot that is not its own.
 */
export type Seat = Awaited<ReturnType<ReturnType<typeof councilSeats>>>;

/** What the seats of one test file stand on. @returns what takes a new one, with a chain of its own */
export function councilSeats(name: string) {
  const identities = new TestIdentities();
  for (const caller of [PIPELINE, GATEWAY, ENGINE]) identities.pemOf(caller);
  const folder = temporaryFolder(`engine-${name}`);
  const apps: FastifyInstance[] = [];
  let mongo: TestMongo | undefined;
  let client: MongoClient | undefined;
  let databases = 0;
  beforeAll(async () => {
    mongo = await startTestMongo();
    client = await new MongoClient(mongo.uri(`engine_${name}`)).connect();
  });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
  });
  afterAll(async () => {
    await client?.close();
    await mongo?.close();
    folder.remove();
    identities[Symbol.dispose]();
  });
  const nextDatabase = (): Db => {
    if (!client) throw new Error('before the first test');
    return client.db(`engine_${name}_${databases++}`);
  };
  const headersOf = (role?: string) =>
    identities.headers(role ? GATEWAY : PIPELINE, ENGINE, role ? { id: USER, role } : undefined);

  return async () => {
    const database = nextDatabase();
    // A slot that is not this engine's: the others take turns in the order of the genesis block.
    const slot = Math.ceil(slotAt(Date.UTC(2026, 0, 5)) / 4) * 4 + 1;
    const clock = new FakeClock(slotStartMs(slot) + 10_000);
    const maker = transactionMaker(`${name} ${databases}`, () => clock.nowMs());
    const http = new CapturingHttp();
    /** Another instance of the same validator, on the same store. */
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
          url: `http://${addressOf(validator)}`,
          service: ENGINE,
        })),
        ...over,
      });
    const rig = await open();
    await settle(rig);
    const others = new Colleagues(rig.validators.genesis.hash);
    const context = testContext({
      service: ENGINE,
      identities,
      allowedCallers: [PIPELINE, GATEWAY, ENGINE],
    });
    const onOurTime: ServiceContext = Object.create(context, { clock: { value: clock } });
    const settings = config.load({
      ...environment,
      ...identities.environment(ENGINE, [PIPELINE, GATEWAY, ENGINE]),
      MONGODB_URI: mongo?.uri(`engine_${name}`) ?? '',
    });
    const app = buildApp(settings, await openDeps(database, rig, { clock, folder: folder.path }), onOurTime);
    await app.ready();
    apps.push(app);

    /** @param role of a user who asks by way of the gateway; a service otherwise */
    const call = async (method: 'GET' | 'POST', path: string, payload?: unknown, role?: string) => {
      const type = payload === undefined ? {} : { 'content-type': 'application/json' };
      const answer = await app.inject({
        method,
        url: `/api/v1${path}`,
        headers: { ...(await headersOf(role)), ...type },
        ...(payload === undefined ? {} : { payload: JSON.stringify(payload) }),
      });
      const body = answer.json() as Record<string, unknown> & { error?: { code: string } };
      return { status: answer.statusCode, body, code: body.error?.code };
    };
    const get = (path: string, role?: string) => call('GET', path, undefined, role);
    const post = (path: string, payload: unknown, role?: string) => call('POST', path, payload, role);
    /** Who leads the slot that is. */
    const primary = (await get('/consensus/leader')).body.primary as string;
    const send = (...messages: unknown[]) => post('/consensus/messages', { from: primary, messages });
    return {
      ...{ database, nextDatabase, clock, maker, http, rig, others, primary, open, get, post, send },
      tip: async (): Promise<Block> => (await get('/blocks/latest')).body as unknown as Block,
      ourVote: (phase: string) =>
        eventually(`our ${phase}`, () =>
          http.votesTo(addressOf(primary)).find((vote) => vote.phase === phase),
        ),
      /** More than two thirds have no memory of votes, so nothing can hang on one: this engine may vote at once. */
      assemble: () => send(...COLLEAGUES.map((validator) => others.novice(validator, clock.nowMs()))),
      confirm: async (block: Block, voters: readonly string[]): Promise<void> => {
        await send(others.proposal(block));
        await send(...others.ballots('prevote', block, voters));
        await send(...others.ballots('precommit', block, voters));
      },
    };
  };
}
