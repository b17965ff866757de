import { createHash, randomBytes } from 'node:crypto';
import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { eventually } from '@lucid/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { bearer, SESSION_ID } from './support/tokens.ts';
import { envelope, json, Upstream } from './support/upstream.ts';

const MIB = 1024 * 1024;
const PATH = `/api/v1/sessions/${SESSION_ID}/stream`;
let gateway: TestGateway;
let recorder: Upstream;
let authorization: string;

beforeEach(async () => {
  gateway = await startGateway();
  recorder = gateway.upstream('lucid-session-recorder');
  ({ authorization } = await bearer());
});
afterEach(() => gateway.close());

const offsets = { 'upload-offset': '42', 'upload-stored-offset': '7' };
const isHead = ({ method }: IncomingMessage) => method === 'HEAD';
const ok = (response: ServerResponse) => response.writeHead(204, offsets).end();

interface Received {
  bytes: number;
  hash: string;
  headers: IncomingMessage['headers'];
}

/** Takes uploads as a recorder does, and HEADs. */
function taking(received: Received[], heads: string[] = []) {
  return (request: IncomingMessage, response: ServerResponse) => {
    if (isHead(request)) {
      heads.push(request.url ?? '');
      return ok(response);
    }
    const hash = createHash('sha256');
    let bytes = 0;
    request.on('data', (piece: Buffer) => {
      hash.update(piece);
      bytes += piece.length;
    });
    request.on('end', () => {
      received.push({ bytes, hash: hash.digest('hex'), headers: request.headers });
      ok(response);
    });
  };
}

function patch(headers: Record<string, string> = {}): { request: ClientRequest; answer: Promise<Answer> } {
  const request = httpRequest(gateway.url + PATH, {
    method: 'PATCH',
    headers: { authorization, 'content-type': 'application/octet-stream', 'upload-offset': '0', ...headers },
  });
  const answer = new Promise<Answer>((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
  });
  answer.catch(() => undefined);
  return { request, answer };
}

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
}

async function send(bytes: Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  const { request, answer } = patch(headers);
  request.end(bytes);
  return answer;
}

describe('an upload', () => {
  it('arrives byte for byte, with or without a length, and its answer comes back', async () => {
    const received: Received[] = [];
    recorder.answer = taking(received);
    const bytes = randomBytes(8 * MIB + 1);
    const hash = createHash('sha256').update(bytes).digest('hex');
    const answer = await send(bytes, { 'content-length': String(bytes.length) });
    expect([answer.status, answer.headers['upload-offset'], answer.headers['upload-stored-offset']]).toEqual([
      204,
      '42',
      '7',
    ]);
    const chunked = patch({ 'transfer-encoding': 'chunked' });
    chunked.request.write(bytes.subarray(0, 1000));
    chunked.request.end(bytes.subarray(1000));
    expect((await chunked.answer).status).toBe(204);
    expect((await send(Buffer.alloc(0))).status).toBe(204);
    expect(received).toMatchObject([
      {
        bytes: bytes.length,
        hash,
        headers: { 'content-length': String(bytes.length), 'upload-offset': '0' },
      },
      { bytes: bytes.length, hash, headers: { 'transfer-encoding': 'chunked' } },
      { bytes: 0 },
    ]);
  });

  it('waits when the recorder does not read, instead of filling the gateway’s memory', async () => {
    let reading: IncomingMessage | undefined;
    recorder.answer = (request, response) => {
      if (isHead(request)) return ok(response);
      reading = request.pause();
      request.on('end', () => ok(response));
    };
    const { request, answer } = patch();
    const piece = Buffer.alloc(MIB);
    let written = 0;
    const more = () => {
      while (written < 64) {
        written++;
        if (!request.write(piece)) return;
      }
      request.end();
    };
    request.on('drain', more);
    more();
    await eventually('the recorder has the request', () => reading);
    let before = -1;
    await eventually(
      'the client is held up',
      () => {
        const same = written === before;
        before = written;
        return same;
      },
      { pauseMs: 300 },
    );
    expect(written).toBeLessThan(32);
    reading?.resume();
    expect((await answer).status).toBe(204);
  });

  it('goes to the owner, which is asked for once', async () => {
    const received: Received[] = [];
    const heads: string[] = [];
    const owner = await Upstream.start(taking(received, heads));
    const misdirected = (request: IncomingMessage, response: ServerResponse) => {
      if (isHead(request)) heads.push('misdirected');
      request.resume();
      response.writeHead(421, { 'x-owner-address': owner.key }).end();
    };
    recorder.answer = misdirected;
    for (let round = 0; round < 3; round++) expect((await send(Buffer.from('abc'))).status).toBe(204);
    expect(received).toHaveLength(3);
    expect(heads).toEqual(['misdirected']);
    const read = await fetch(gateway.url + PATH, { method: 'HEAD', headers: { authorization } });
    expect([read.status, read.headers.get('upload-offset')]).toEqual([204, '42']);
    await owner.close();
  });

  it('finds the new owner when the remembered one has died', async () => {
    const received: Received[] = [];
    const dying = await Upstream.start(taking([]));
    recorder.answer = (request, response) => {
      request.resume();
      response.writeHead(421, { 'x-owner-address': dying.key }).end();
    };
    expect((await send(Buffer.from('abc'))).status).toBe(204);
    await dying.close();
    recorder.answer = taking(received);
    expect((await send(Buffer.from('def'))).status).toBe(204);
    expect(received).toMatchObject([{ bytes: 3 }]);
  });

  it('is told to come again when the session is just moving', async () => {
    const received: Received[] = [];
    recorder.answer = taking(received);
    expect((await send(Buffer.from('abc'))).status).toBe(204);
    recorder.answer = (request, response) => {
      request.resume();
      response.writeHead(421, { 'x-owner-address': '127.0.0.1:1' }).end();
    };
    const answer = await send(Buffer.from('def'));
    expect([answer.status, answer.headers['retry-after'], answer.headers['x-owner-address']]).toEqual([
      503,
      '1',
      undefined,
    ]);
    recorder.answer = taking(received);
    expect((await send(Buffer.from('ghi'))).status).toBe(204);
  });

  it.each([
    [409, 'offset', envelope(7110)],
    [404, 'no such session', envelope(4001)],
    [507, 'disk full', envelope(7105)],
  ])('refused early with %i (%s) hears so in the middle of sending', async (status, _why, body) => {
    recorder.answer = (request, response) => {
      if (isHead(request)) return status === 404 ? response.writeHead(404).end() : ok(response);
      json(response, status, body, offsets);
      request.resume(); // as our services do: what still comes is read and dropped
    };
    for (let round = 0; round < 5; round++) {
      const answer = await send(Buffer.alloc(16 * MIB));
      expect(answer.status).toBe(status);
      expect(JSON.parse(answer.text)).toMatchObject(body);
    }
  });

  it('with a bad token hears so in the middle of sending, and the recorder nothing', async () => {
    const received: Received[] = [];
    const heads: string[] = [];
    recorder.answer = taking(received, heads);
    ({ authorization } = await bearer({ expiresInS: -1 }));
    for (let round = 0; round < 5; round++) {
      const answer = await send(Buffer.alloc(16 * MIB));
      expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([401, 'LUCID_ERR_2002']);
    }
    expect([received, heads]).toEqual([[], []]);
  });

  it('that the client breaks off is broken off at the recorder, leaving no connection behind', async () => {
    let aborted = 0;
    let bytes = 0;
    recorder.answer = (request, response) => {
      if (isHead(request)) return ok(response);
      request.on('data', (piece: Buffer) => {
        bytes += piece.length;
      });
      request.on('close', () => {
        if (!request.complete) aborted++;
      });
    };
    for (let round = 1; round <= 5; round++) {
      bytes = 0;
      const { request } = patch();
      request.on('error', () => undefined);
      request.write(Buffer.alloc(MIB));
      await eventually('bytes arrive', () => bytes > 0);
      request.destroy();
      await eventually('the recorder sees the end', () => aborted === round);
    }
    await eventually('only idle connections are left', async () => (await recorder.connections()) <= 1);
  });

  it('whose recorder dies half-way fails, and the next one succeeds', async () => {
    recorder.answer = (request, response) => {
      if (isHead(request)) return ok(response);
      request.once('data', () => request.socket.destroy());
    };
    const answer = await send(Buffer.alloc(4 * MIB));
    expect(answer.status).toBe(502);
    const received: Received[] = [];
    recorder.answer = taking(received);
    expect((await send(Buffer.from('abc'))).status).toBe(204);
  });
});
