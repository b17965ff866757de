import { randomBytes } from 'node:crypto';
import { eventually } from '@lucid/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { bearer, SESSION_ID } from './support/tokens.ts';

const MIB = 1024 * 1024;
let gateway: TestGateway;
let authorization: string;

beforeEach(async () => {
  gateway = await startGateway();
  ({ authorization } = await bearer());
});
afterEach(() => gateway.close());

describe('a download', () => {
  const DOWNLOAD = `/api/v1/sessions/${SESSION_ID}/download`;

  it('comes byte for byte, with its range', async () => {
    const bytes = randomBytes(8 * MIB + 3);
    const api = gateway.upstream('lucid-session-api');
    let range: string | undefined;
    api.answer = (request, response) => {
      range = request.headers.range;
      response.writeHead(206, { 'content-type': 'application/octet-stream', 'content-range': 'bytes 0-1/2' });
      response.end(bytes);
    };
    const response = await fetch(gateway.url + DOWNLOAD, { headers: { authorization, range: 'bytes=0-1' } });
    expect([response.status, response.headers.get('content-range'), range]).toEqual([
      206,
      'bytes 0-1/2',
      'bytes=0-1',
    ]);
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('that the client breaks off ends at the owner too', async () => {
    const api = gateway.upstream('lucid-session-api');
    let ended = false;
    let sent = 0;
    api.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      const more = () => {
        while (!ended && response.write(Buffer.alloc(MIB))) sent++;
      };
      response.on('drain', more).on('close', () => {
        ended = true;
      });
      more();
    };
    const abort = new AbortController();
    const response = await fetch(gateway.url + DOWNLOAD, {
      headers: { authorization },
      signal: abort.signal,
    });
    await response.body?.getReader().read();
    abort.abort();
    await eventually('the owner stops sending', () => ended);
    expect(sent).toBeLessThan(200);
  });

  it('whose owner dies half-way breaks off, it does not end as if it were whole', async () => {
    const api = gateway.upstream('lucid-session-api');
    api.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      response.write(Buffer.alloc(MIB), () => response.destroy());
    };
    const response = await fetch(gateway.url + DOWNLOAD, { headers: { authorization } });
    await expect(response.arrayBuffer()).rejects.toThrow();
  });
});
