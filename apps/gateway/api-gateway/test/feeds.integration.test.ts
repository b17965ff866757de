import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { BEARER_PROTOCOL, EVENTS_PROTOCOL, type Revocation, type SessionEvent } from '@lucid/contracts';
import {
  eventually,
  freePort,
  type SpawnedService,
  spawnService,
  startTestMongo,
  TestIdentities,
  type TestMongo,
  WORKSPACE_ROOT,
} from '@lucid/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { bearer, jwks, token } from './support/tokens.ts';
import { json, Upstream } from './support/upstream.ts';

const GATEWAY = 'lucid-api-gateway';
const PIPELINE = 'lucid-session-pipeline';
/** Services call each other by name; here the name is the address, so that no DNS is needed. */
const API = '127.0.0.1';
const identities = new TestIdentities();
const revocations: Revocation[] = [];
let mongo: TestMongo;
let auth: Upstream;
let apis: SpawnedService[];
let gateway: SpawnedService;
let outside: string;

const main = (path: string) => join(WORKSPACE_ROOT, 'apps', path, 'src/main.ts');

function startApi(port?: number): Promise<SpawnedService> {
  return spawnService({
    main: main('sessions/session-api'),
    ...(port === undefined ? {} : { port }),
    environment: {
      ...identities.environment(API, [GATEWAY, PIPELINE]),
      ...{ SERVICE_NAME: API, MONGODB_URI: mongo.uri('feeds'), RATE_LIMIT_ENABLED: 'false' },
    },
  });
}

async function startGateway(): Promise<void> {
  const published = await freePort();
  outside = `ws://127.0.0.1:${published}`;
  gateway = await spawnService({
    main: main('gateway/api-gateway'),
    environment: {
      ...identities.environment(GATEWAY, []),
      ...{ SESSION_API_URL: apis[0]?.url ?? '', AUTH_SERVICE_URL: `http://${auth.key}`, LOG_LEVEL: 'debug' },
      ...{ PUBLISH_ADDRESS: `127.0.0.1:${published}`, CORS_ORIGINS: 'https://app.example.org' },
    },
  });
}

beforeAll(async () => {
  for (const name of [API, GATEWAY, PIPELINE]) identities.pemOf(name);
  auth = await Upstream.start((request, response) =>
    request.url?.includes('jwks')
      ? json(response, 200, jwks)
      : json(response, 200, { revocations, cursor: `0.${revocations.length}` }),
  );
  mongo = await startTestMongo();
  apis = await Promise.all([startApi(), startApi()]);
  await startGateway();
}, 60_000);
afterAll(async () => {
  for (const service of [gateway, ...(apis ?? [])]) await service?.kill();
  await auth?.close();
  await mongo?.close();
  identities[Symbol.dispose]();
});

const sessions = () => `${gateway.url}/api/v1/sessions`;

async function create(userId: string): Promise<string> {
  const answer = await fetch(sessions(), {
    method: 'POST',
    headers: { ...(await bearer({ userId })), 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'watched' }),
  });
  return ((await answer.json()) as { session_id: string }).session_id;
}

/** As the pipeline reports, to the second replica. */
async function report(session: string, version: number, fields: object): Promise<void> {
  const body = {
    ...{ version, status: 'recording', pipeline_status: 'active', anchoring_status: 'none' },
    statistics: { size_bytes: version, chunks_count: 0, chunks_stored: 0, stored_bytes: 0 },
    ...fields,
  };
  const headers = { ...(await identities.headers(PIPELINE, API)), 'content-type': 'application/json' };
  const url = `${apis[1]?.url}/api/v1/internal/sessions/${session}/progress`;
  const answer = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(body) });
  expect(await answer.json()).toEqual({ applied: true, version });
}

class Feed {
  readonly events: SessionEvent[] = [];
  readonly socket: WebSocket;
  readonly closed: Promise<[number, string]>;

  constructor(session: string, protocols: string[], headers: Record<string, string>, base = outside) {
    this.socket = new WebSocket(`${base}/api/v1/sessions/${session}/events`, protocols, { headers });
    this.socket.on('message', (text) => this.events.push(JSON.parse(String(text))));
    this.closed = once(this.socket, 'close').then(([code, reason]) => [code, String(reason)]);
  }

  types = (): string[] => this.events.map(({ type }) => type);

  async begun(): Promise<this> {
    await eventually('the snapshot is there', () => this.events.length);
    return this;
  }
}

const watch = async (session: string, options: Parameters<typeof bearer>[0]) =>
  new Feed(session, [EVENTS_PROTOCOL], await bearer(options)).begun();

/** @returns the status, and the code of the envelope */
async function refusal(session: string, protocols: string[], headers: Record<string, string>) {
  const url = `${outside}/api/v1/sessions/${session}/events`;
  const [, response] = await once(new WebSocket(url, protocols, { headers }), 'unexpected-response');
  let text = '';
  for await (const piece of response) text += piece;
  return [response.statusCode, JSON.parse(text).error.code];
}

describe('a live feed through the gateway', () => {
  it('tells the session from its snapshot to its end, whichever replica hears of it', async () => {
    const userId = randomUUID();
    const session = await create(userId);
    const feed = await watch(session, { userId });
    expect(feed.events[0]).toMatchObject({
      type: 'snapshot',
      session: { session_id: session, status: 'created' },
    });
    await report(session, 1, {});
    await eventually('it records', () => feed.types().includes('status'));
    await report(session, 2, { live_anchoring: { sequence: 1, chunk_count: 0 } });
    await eventually('the checkpoint is told', () => feed.types().includes('checkpoint'));
    await report(session, 3, { status: 'completed', anchoring_status: 'confirmed' });
    expect(await feed.closed).toEqual([1000, 'completed']);
    expect(feed.types().at(-1)).toBe('end');
    expect(feed.events.map(({ sequence }) => sequence)).toEqual(feed.events.map((_one, index) => index + 1));
  });

  it('is opened by a page with its token as a subprotocol, which is answered to nobody and logged nowhere', async () => {
    const userId = randomUUID();
    const session = await create(userId);
    const secret = await token({ userId });
    const origin = { origin: 'https://app.example.org' };
    const feed = await new Feed(session, [EVENTS_PROTOCOL, BEARER_PROTOCOL + secret], origin).begun();
    expect(feed.socket.protocol).toBe(EVENTS_PROTOCOL);
    feed.socket.close();
    await feed.closed;
    expect(gateway.output() + apis.map((api) => api.output()).join('')).not.toContain(secret.slice(-40));
  });

  it('is refused as any request is, in the words of whoever refuses', async () => {
    const userId = randomUUID();
    const session = await create(userId);
    const mine = await bearer({ userId });
    const own = [EVENTS_PROTOCOL];
    expect(await refusal(session, own, {})).toEqual([401, 'LUCID_ERR_2001']);
    expect(await refusal(session, own, await bearer({ userId, forged: true }))).toEqual([
      401,
      'LUCID_ERR_2003',
    ]);
    expect(await refusal(session, own, await bearer())).toEqual([404, 'LUCID_ERR_7001']);
    expect(await refusal('7', own, mine)).toEqual([400, 'LUCID_ERR_1005']);
    expect(await refusal(session, own, { ...mine, origin: 'https://evil.example' })).toEqual([
      403,
      'LUCID_ERR_2004',
    ]);
    const inUrl = `${sessions()}/${session}/events?access_token=${await token({ userId })}`;
    expect((await fetch(inUrl)).status).toBe(401);
    expect((await fetch(`${sessions()}/${session}/events`, { headers: mine })).status).toBe(426);
  });

  it('ends with its token, by expiry and by sign-out', async () => {
    const userId = randomUUID();
    const session = await create(userId);
    const short = await watch(session, { userId, expiresInS: 2 });
    expect(await short.closed).toEqual([4401, 'token_expired']);
    const sid = randomUUID();
    const signedIn = await watch(session, { userId, sid });
    revocations.push({ session_id: sid, expires_at: new Date(Date.now() + 900_000).toISOString() });
    expect((await signedIn.closed)[0]).toBe(4401);
  });

  it('is one of twenty of a user, and the next one finds a place when one is closed', async () => {
    const userId = randomUUID();
    const session = await create(userId);
    const feeds = await Promise.all(Array.from({ length: 20 }, () => watch(session, { userId })));
    expect(await refusal(session, [EVENTS_PROTOCOL], await bearer({ userId }))).toEqual([
      429,
      'LUCID_ERR_3001',
    ]);
    feeds[0]?.socket.close();
    await feeds[0]?.closed;
    await eventually('there is a place', async () => (await watch(session, { userId })).events.length);
    for (const feed of feeds) feed.socket.close();
  });

  it('is sent elsewhere with 1012 when the service stops, when it dies, and when the gateway stops', async () => {
    const userId = randomUUID();
    const session = await create(userId);
    const port = apis[0]?.port ?? 0;
    const first = await watch(session, { userId });
    const stopped = apis[0]?.stop();
    expect(await first.closed).toEqual([1012, 'restart']);
    expect(await stopped).toBe(0);
    apis[0] = await startApi(port);
    const second = await watch(session, { userId });
    await apis[0].kill();
    expect((await second.closed)[0]).toBe(1012);
    expect(await refusal(session, [EVENTS_PROTOCOL], await bearer({ userId }))).toEqual([
      502,
      'LUCID_ERR_5005',
    ]);
    apis[0] = await startApi(port);
    const third = await watch(session, { userId });
    const ended = gateway.stop();
    expect(await third.closed).toEqual([1012, 'restart']);
    expect(await ended).toBe(0);
  });
});
