import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SessionEvent } from '@lucid/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Account, accountOf } from '../src/account.ts';
import { describeEvent } from '../src/describe-event.ts';
import { Patience } from '../src/patience.ts';
import { watchFeed } from '../src/watch-feed.ts';

const SESSION = '7b3cbb4e-6f06-4b1b-9a53-6f3d1df5a001';
const at = '2026-01-02T03:04:05.000Z';
const stored = { type: 'chunks_stored', chunks_stored: 3, stored_bytes: 2 ** 20, sequence: 1, at } as const;
const end = (status: 'completed' | 'failed') => ({ type: 'end', status, sequence: 2, at }) as const;

let server: Server;
let sockets: WebSocketServer;
let account: Account;
let asked: string[];
let refuse: number | undefined;
/** What happens on each connection, one after the other; the last goes on happening. */
let script: ((socket: WebSocket) => void)[];

beforeEach(async () => {
  [asked, refuse, script] = [[], undefined, []];
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ session_id: SESSION, status: 'recording' }));
  });
  sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (refuse !== undefined) return void socket.end(`HTTP/1.1 ${refuse} No\r\nContent-Length: 0\r\n\r\n`);
    asked.push(`feed ${request.headers.authorization}`);
    return sockets.handleUpgrade(request, socket, head, (accepted) => {
      const act = script.length > 1 ? script.shift() : script[0];
      act?.(accepted);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  account = accountOf({ url, access_token: 'token', refresh_token: 'other' } as never);
});
afterEach(async () => {
  for (const socket of sockets.clients) socket.terminate();
  await account[Symbol.asyncDispose]();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const say = (socket: WebSocket, event: object) => socket.send(JSON.stringify(event));

async function watched(patienceMs = 20_000): Promise<{ status: string; events: SessionEvent[] }> {
  const events: SessionEvent[] = [];
  const patience = new Patience({ patienceMs, onInterruption: () => undefined });
  const onEvent = (event: SessionEvent) => void events.push(event);
  const status = await watchFeed({ account, sessionId: SESSION, patience, onEvent });
  return { status, events };
}

describe('watching a session', () => {
  it('ends with the session, and tells every event on the way', async () => {
    script = [
      (socket) => {
        say(socket, stored);
        say(socket, end('failed'));
        socket.close(1000);
      },
    ];
    expect(await watched()).toEqual({ status: 'failed', events: [stored, end('failed')] });
    expect(asked).toEqual([`GET /api/v1/sessions/${SESSION}`, 'feed Bearer token']);
  });

  it('goes on elsewhere after a restart, a broken connection and an ended token', async () => {
    script = [
      (socket) => socket.close(1012, 'restart'),
      (socket) => socket.terminate(),
      (socket) => socket.close(4401, 'token_expired'),
      (socket) => {
        say(socket, end('completed'));
        socket.close(1000);
      },
    ];
    expect((await watched()).status).toBe('completed');
    expect(asked.filter((one) => one.startsWith('feed'))).toHaveLength(4);
    expect(asked.filter((one) => one.startsWith('GET'))).toHaveLength(4); // each time the token can be renewed
  });

  it('gives up at once when it is refused for good, and after its patience when nothing comes of it', async () => {
    refuse = 403;
    await expect(watched()).rejects.toThrow(/refused \(403\)/);
    refuse = 503;
    await expect(watched(500)).rejects.toThrow(/no progress/);
  });
});

describe('an event', () => {
  it.each([
    [stored, '03:04:05  3 chunks stored, 1.0 MiB'],
    [end('completed'), '03:04:05  ended: completed'],
    [
      {
        type: 'status',
        status: 'processing',
        pipeline_status: 'stopping',
        stop_reason: 'max_size',
        sequence: 1,
        at,
      },
      '03:04:05  processing (max_size)',
    ],
    [{ type: 'anchoring', anchoring_status: 'pending', sequence: 1, at }, '03:04:05  anchoring pending'],
    [
      { type: 'checkpoint', live_anchoring: { sequence: 2, chunk_count: 7 }, sequence: 1, at },
      '03:04:05  checkpoint 2 over 7 chunks',
    ],
  ] as const)('is a line', (event, line) => {
    expect(describeEvent(event as SessionEvent)).toBe(line);
  });
});
