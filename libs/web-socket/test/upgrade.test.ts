import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import { createApp } from '@lucid/service';
import { eventually, FakeClock, TestIdentities, testContext } from '@lucid/testing';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { acceptUpgrades, FeedSocket, TakenOver, upgradeOf } from '../src/index.ts';

const gate = new EventEmitter();
const identities = new TestIdentities();
let app: FastifyInstance;
let clock: FakeClock;
let url: string;
let feeds: FeedSocket[];
let sockets: WebSocket[];
let active: () => Promise<number>;

beforeEach(async () => {
  clock = new FakeClock();
  const context = testContext({ service: 'lucid-feed', identities });
  app = createApp(context);
  acceptUpgrades(app);
  feeds = [];
  sockets = [];
  app.get('/refused', async () => {
    throw Object.assign(new Error('no'), { statusCode: 400 });
  });
  app.get('/plain', async () => ({ plain: true }));
  app.get('/feed', async (request, reply) => {
    const socket = await upgradeOf(request.raw).accept('lucid.test');
    if (socket) {
      sockets.push(socket);
      feeds.push(new FeedSocket(socket, clock));
    }
    return new TakenOver().sendBy(reply);
  });
  app.get('/late', async (request, reply) => {
    const go = once(gate, 'go');
    gate.emit('asked');
    await go;
    const socket = await upgradeOf(request.raw).accept('lucid.test');
    if (socket) feeds.push(new FeedSocket(socket, clock));
    return new TakenOver().sendBy(reply);
  });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
  active = async () => (await context.metrics.http_active_connections.get()).values[0]?.value ?? 0;
});
afterEach(async () => {
  app.server.closeAllConnections();
  for (const feed of feeds) await feed.close(1001, 'the test is over');
  await app.close();
});

const open = (path: string, protocols: string[] = ['lucid.test']) =>
  new WebSocket(url.replace('http', 'ws') + path, protocols);

async function opened(): Promise<[WebSocket, FeedSocket]> {
  const client = open('/feed');
  await once(client, 'open');
  const feed = await eventually('the feed is there', () => feeds.at(-1));
  return [client, feed];
}

/** Sends lines as they are. @returns all that comes back until the connection ends */
async function raw(...lines: string[]): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write([...lines, '', ''].join('\r\n'));
  let text = '';
  socket.on('data', (piece) => {
    text += piece;
  });
  await once(socket, 'close');
  return text;
}

describe('an upgrade', () => {
  it('becomes a socket with the subprotocol both know, counted while it is open and no longer', async () => {
    const [client, feed] = await opened();
    expect(client.protocol).toBe('lucid.test');
    expect(await active()).toBe(1);
    const said = once(client, 'message');
    feed.send('hello');
    expect(String((await said)[0])).toBe('hello');
    client.close(1000);
    await feed.closed;
    expect(feed.closeCode).toBe(1000);
    await eventually('it is counted no more', async () => (await active()) === 0);
  });

  it('that a route refuses is answered as any request, and the connection ends', async () => {
    const [, answer] = (await once(open('/refused'), 'unexpected-response')) as [
      unknown,
      { statusCode: number; headers: object },
    ];
    expect(answer.statusCode).toBe(400);
    expect(answer.headers).toMatchObject({ connection: 'close' });
    await eventually('nothing stays open', async () => (await active()) === 0);
  });

  it('on a path without a feed, or of another kind, is served as the plain request it is', async () => {
    const plain = ['GET /plain HTTP/1.1', 'Host: x', 'Connection: Upgrade'];
    expect(await raw(...plain, 'Upgrade: h2c')).toMatch(/^HTTP\/1.1 200 .*\{"plain":true\}$/s);
    expect(await raw(...plain, 'Upgrade: websocket')).toMatch(/^HTTP\/1.1 200 /);
  });

  it('is missing: 426 says what to do', async () => {
    const answer = await fetch(`${url}/feed`);
    const { error } = (await answer.json()) as { error: { code: string } };
    expect([answer.status, error.code]).toEqual([426, 'LUCID_ERR_1012']);
  });

  it('of a client that has gone meanwhile leaves nothing open', async () => {
    const asked = once(gate, 'asked');
    const client = open('/late');
    client.on('error', () => undefined);
    await asked;
    client.terminate();
    gate.emit('go');
    await eventually('nothing stays open', async () => (await active()) === 0);
  });

  it('without a key is 400 and leaves nothing open', async () => {
    const answer = await raw('GET /feed HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket');
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    await eventually('nothing stays open', async () => (await active()) === 0);
  });
});

describe('a feed', () => {
  it('keeps a peer that answers, and cuts off one that does not', async () => {
    const [client, feed] = await opened();
    const pinged = once(client, 'ping');
    await clock.advance(30_000);
    await pinged;
    const heard = once(sockets[0] ?? client, 'message'); // frames keep their order: the pong was before it
    client.send('still here');
    await heard;
    await clock.advance(30_000);
    expect(feed.signal.aborted).toBe(false);
    const silent = connect(Number(new URL(url).port), '127.0.0.1');
    silent.write(
      'GET /feed HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await once(silent, 'data');
    const deaf = await eventually('the second feed is there', () => feeds[1]);
    const ended = once(silent, 'close');
    await clock.advance(30_000);
    await clock.advance(30_000);
    await deaf.closed;
    await ended;
    expect(deaf.closeCode).toBe(1006);
  });

  it('tells its peer why it ends, and does not wait for one that never answers', async () => {
    const [client, feed] = await opened();
    const closed = once(client, 'close');
    await feed.close(1012, 'restart');
    expect((await closed).map(String)).toEqual(['1012', 'restart']);
  });

  it('says that it is full while its peer reads nothing', async () => {
    const [client, feed] = await opened();
    client.pause();
    expect(feed.isFull).toBe(false);
    await eventually('it is full', () => {
      feed.send('x'.repeat(256 * 1024));
      return feed.isFull;
    });
    client.resume();
    await eventually('it has room again', () => !feed.isFull);
  });

  it('refuses a client that sends more than a feed needs', async () => {
    const [client, feed] = await opened();
    const closed = once(client, 'close');
    client.send('x'.repeat(2000));
    await feed.closed;
    expect((await closed)[0]).toBe(1009);
  });
});
