import { request as httpRequest } from 'node:http';
import { commonErrors } from '@lucid/errors';
import { TestIdentities, testContext } from '@lucid/testing';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../src/index.ts';

const MIB = 1024 * 1024;
let app: FastifyInstance;
let url: string;
const identities = new TestIdentities();

beforeEach(async () => {
  app = createApp(testContext({ service: 'lucid-notes', identities }));
  app.patch('/refused', async () => {
    throw commonErrors.NOT_PERMITTED();
  });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  app.server.closeAllConnections();
  await app.close();
});

/** Sends without looking whether an answer is there already, as most clients do. */
function send(sizeBytes: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/octet-stream', 'content-length': sizeBytes };
    const request = httpRequest(`${url}/refused`, { method: 'PATCH', headers });
    request.once('response', (response) => resolve(response.resume().statusCode));
    request.once('error', reject);
    request.end(Buffer.alloc(sizeBytes));
  });
}

describe('an answer given before the body has arrived', () => {
  it('is heard by the caller in the middle of sending', async () => {
    for (let round = 0; round < 10; round++) expect(await send(16 * MIB)).toBe(403);
  });

  it('does not make the service swallow whatever is sent', async () => {
    let sentBytes = 0;
    const request = httpRequest(`${url}/refused`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/octet-stream', 'transfer-encoding': 'chunked' },
    });
    const ended = new Promise((resolve) => request.once('close', resolve).once('error', () => undefined));
    const piece = Buffer.alloc(MIB);
    const more = () => {
      if (request.destroyed) return;
      sentBytes += piece.length;
      request.write(piece, (error) => (error ? undefined : setImmediate(more)));
    };
    more();
    await ended;
    expect(sentBytes).toBeLessThan(96 * MIB);
  });
});
