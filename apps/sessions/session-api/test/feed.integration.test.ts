import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { EVENTS_PROTOCOL, SessionEvent } from '@lucid/contracts';
import { eventually } from '@lucid/testing';
import { Value } from 'typebox/value';
import { beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { aUser, GATEWAY, NAME, progress, RunningApi, SESSIONS, type User } from './support/api.ts';
import { apiInWorld } from './support/api-in-world.ts';

const { world, api, another, mongoUri } = apiInWorld('feed', { MAX_FEEDS: '3' });
const other = another();
let address: string;

beforeAll(async () => {
  address = await (await api.instance()).app.listen({ host: '127.0.0.1', port: 0 });
});

/** A feed as a client sees it. */
class Feed {
  readonly events: SessionEvent[] = [];
  readonly socket: WebSocket;
  readonly closed: Promise<[number, string]>;

  constructor(url: string, headers: Record<string, string>) {
    this.socket = new WebSocket(url, [EVENTS_PROTOCOL], { headers });
    this.socket.on('message', (text) => this.events.push(JSON.parse(String(text))));
    this.closed = once(this.socket, 'close').then(([code, reason]) => [code, String(reason)]);
  }

  of<Type extends SessionEvent['type']>(type: Type): Extract<SessionEvent, { type: Type }>[] {
    return this.events.filter((event) => event.type === type) as Extract<SessionEvent, { type: Type }>[];
  }
}

async function watch(user: User, session: string): Promise<Feed> {
  const url = `${address.replace('http', 'ws')}${SESSIONS}/${session}/events`;
  const feed = new Feed(url, await api.identities.headers(GATEWAY, NAME, user));
  await eventually('the snapshot is there', () => feed.of('snapshot').length);
  return feed;
}

async function recording(user: User): Promise<string> {
  const session = randomUUID();
  await api.keep(user, session, { status: 'recording', progress_version: 1 });
  return session;
}

const statistics = { size_bytes: 10, chunks_count: 2, chunks_stored: 1, stored_bytes: 7 };

describe('a live feed', () => {
  it('begins with the session and tells what changes, also by another replica, until it ends', async () => {
    const user = aUser();
    const session = await recording(user);
    const feed = await watch(user, session);
    expect(feed.socket.protocol).toBe(EVENTS_PROTOCOL);
    expect(feed.of('snapshot')[0]?.session).toMatchObject({ session_id: session, status: 'recording' });
    const report = (version: number, fields: object) =>
      other.report(session, progress({ version, statistics, ...fields }));
    await report(2, {});
    await eventually('the counters are told', () => feed.of('statistics')[0]?.statistics.size_bytes === 10);
    expect(feed.of('chunks_stored')[0]).toMatchObject({ chunks_stored: 1, stored_bytes: 7 });
    await report(3, { live_anchoring: { sequence: 1, chunk_count: 1 } });
    await eventually(
      'the checkpoint is told',
      () => feed.of('checkpoint')[0]?.live_anchoring?.sequence === 1,
    );
    await report(4, { status: 'processing', anchoring_status: 'pending' });
    await eventually('the anchoring is told', () => feed.of('anchoring')[0]?.anchoring_status === 'pending');
    expect(feed.of('status').at(-1)).toMatchObject({ status: 'processing' });
    await report(5, { status: 'completed', anchoring_status: 'confirmed' });
    expect(await feed.closed).toEqual([1000, 'completed']);
    expect(feed.events.at(-1)).toMatchObject({ type: 'end', status: 'completed' });
    expect(feed.events.map(({ sequence }) => sequence)).toEqual(
      feed.events.map((_event, index) => index + 1),
    );
    for (const event of feed.events) expect([...Value.Errors(SessionEvent, event)]).toEqual([]);
  });

  it('ends with a session that is deleted, and at once with one that has ended', async () => {
    const user = aUser();
    const session = await api.create(user);
    const feed = await watch(user, session);
    await api.as(user, 'DELETE', `${SESSIONS}/${session}`);
    expect(await feed.closed).toEqual([1000, 'deleted']);
    const ended = randomUUID();
    await api.keep(user, ended, { status: 'failed', error: 'no reason' });
    const late = await watch(user, ended);
    expect(await late.closed).toEqual([1000, 'failed']);
    expect(late.events.map(({ type }) => type)).toEqual(['snapshot', 'end']);
  });

  it('is refused like any request: to strangers 404, without a token 401, without an upgrade 426', async () => {
    const user = aUser();
    const session = await recording(user);
    const url = `${address.replace('http', 'ws')}${SESSIONS}/${session}/events`;
    const refused = async (headers: Record<string, string>) => {
      const socket = new WebSocket(url, [EVENTS_PROTOCOL], { headers });
      const [, response] = await once(socket, 'unexpected-response');
      return response.statusCode;
    };
    expect(await refused({})).toBe(401);
    expect(await refused(await api.identities.headers(GATEWAY, NAME, aUser()))).toBe(404);
    expect((await api.as(user, 'GET', `${SESSIONS}/${session}/events`)).statusCode).toBe(426);
    const rows = await api.audit(user, session);
    expect(rows.map(({ event_type }) => event_type)).toEqual(['permission_denied']);
  });

  it('is one of so many, and makes place when it is closed', async () => {
    const user = aUser();
    const session = await recording(user);
    const open = [await watch(user, session), await watch(user, session), await watch(user, session)];
    const { deps } = await api.instance();
    expect(() => deps.feeds.refuseWhenFull()).toThrow(/Too many/);
    const answer = await api.as(user, 'GET', `${SESSIONS}/${session}/events`);
    expect(answer.statusCode).toBe(426); // what is no upgrade is told so first
    const url = `${address.replace('http', 'ws')}${SESSIONS}/${session}/events`;
    const headers = await api.identities.headers(GATEWAY, NAME, user);
    const [, response] = await once(
      new WebSocket(url, [EVENTS_PROTOCOL], { headers }),
      'unexpected-response',
    );
    expect(response.statusCode).toBe(503);
    for (const feed of open) feed.socket.close();
    await Promise.all(open.map(({ closed }) => closed));
    await eventually('there is room', () => deps.feeds.refuseWhenFull() === undefined);
  });

  it('goes to another instance when this one stops', async () => {
    const leaving = new RunningApi();
    await leaving.begin(mongoUri('leaving'), world.environment);
    const { app, context } = await leaving.instance();
    const at = await app.listen({ host: '127.0.0.1', port: 0 });
    const user = aUser();
    const session = randomUUID();
    await leaving.keep(user, session, { status: 'recording' });
    const headers = await leaving.identities.headers(GATEWAY, NAME, user);
    const feed = new Feed(`${at.replace('http', 'ws')}${SESSIONS}/${session}/events`, headers);
    await eventually('the snapshot is there', () => feed.of('snapshot').length);
    await context.lifecycle.stop();
    expect(await feed.closed).toEqual([1012, 'restart']);
    await leaving[Symbol.asyncDispose]();
  });
});
