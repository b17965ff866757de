import { Readable } from 'node:stream';
import { systemClock, systemRandom } from '@lucid/clock';
import { type Client, clientFor, contract, Strict, Uuid } from '@lucid/contracts';
import { createDiscovery } from '@lucid/discovery';
import { catalogue } from '@lucid/errors';
import { createHttpClient, type HttpClient } from '@lucid/http-client';
import { createCredentials, loadServiceKey } from '@lucid/service-auth';
import { TestIdentities, testContext } from '@lucid/testing';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp, mount, Reply, type ServiceContext } from '../src/index.ts';

const shelf = contract('127.0.0.1', 'Shelf', {
  put: {
    method: 'PUT',
    path: '/api/v1/shelf/:book_id',
    summary: 'Put.',
    access: 'service',
    params: Strict({ book_id: Uuid }),
    query: Strict({ row: Type.Optional(Type.Integer({ minimum: 1 })) }),
    body: Strict({ title: Type.String() }),
    replies: {
      201: Strict({ title: Type.String(), row: Type.Integer() }),
      200: Strict({ title: Type.String(), row: Type.Integer() }),
    },
  },
  remove: {
    method: 'DELETE',
    path: '/api/v1/shelf/:book_id',
    summary: 'Remove.',
    access: 'service',
    params: Strict({ book_id: Uuid }),
    replies: { 204: 'empty' },
  },
  copy: {
    method: 'POST',
    path: '/api/v1/shelf',
    summary: 'Copy.',
    access: 'service',
    body: 'bytes',
    replies: { 200: 'bytes' },
  },
  burn: {
    method: 'POST',
    path: '/api/v1/shelf/burn',
    summary: 'Burn.',
    access: 'service',
    replies: { 204: 'empty' },
  },
});

const errors = catalogue({
  NO_BOOK: { code: 7998, status: 404, fault: 'user', message: 'No such book.', when: 'never' },
});
const BOOK = '6f9619ff-8b86-4011-b42d-00cf4fc964ff';

let identities: TestIdentities;
let context: ServiceContext;
let app: FastifyInstance;
let http: HttpClient;
let client: Client<typeof shelf>;

beforeAll(async () => {
  identities = new TestIdentities();
  const pem = identities.pemOf('lucid-reader');
  context = testContext({ service: '127.0.0.1', identities, allowedCallers: ['lucid-reader'] });
  app = createApp(context);
  mount(
    app,
    shelf,
    {
      put: ({ params, query, body }) =>
        new Reply(params.book_id === BOOK ? 200 : 201, { title: body.title, row: query.row ?? 0 }),
      remove: () => {
        throw errors.NO_BOOK({ details: { shelf: 'empty' } });
      },
      copy: ({ bytes }) => Reply.bytes(200, bytes),
      burn: () => {
        throw new Error('ashes');
      },
    },
    () => context.mesh.verifier,
  );
  await app.listen({ host: '127.0.0.1', port: 0 });
  const credentials = createCredentials({
    serviceName: 'lucid-reader',
    instanceId: 'lucid-reader-1',
    key: loadServiceKey(pem),
    clock: systemClock,
    random: systemRandom,
  });
  http = createHttpClient({
    discovery: createDiscovery({ clock: systemClock, dnsServers: [], record: 'a' }),
    clock: systemClock,
    random: systemRandom,
    credentials,
  });
  const { port } = app.server.address() as { port: number };
  client = clientFor(shelf, http, `http://127.0.0.1:${port}`);
});
afterAll(async () => {
  await http.close();
  await app.close();
  await context.lifecycle.stop();
  identities[Symbol.dispose]();
});

describe('a typed client', () => {
  it('fills path and query, sends the body, and returns status and body', async () => {
    const answer = await client.put({
      params: { book_id: BOOK },
      query: { row: 3 },
      body: { title: 'Emma & Co/2' },
    });
    expect([answer.status, answer.body]).toEqual([200, { title: 'Emma & Co/2', row: 3 }]);
  });

  it('throws the callee’s own code and status for a refusal', async () => {
    await expect(client.remove({ params: { book_id: BOOK } })).rejects.toMatchObject({
      code: 7998,
      status: 404,
      details: { shelf: 'empty' },
    });
  });

  it('turns a failure of the callee into 5003 and names who failed', async () => {
    await expect(client.burn({})).rejects.toMatchObject({
      code: 5003,
      status: 502,
      details: { service: '127.0.0.1', status: 500, code: 'LUCID_ERR_5001' },
    });
  });

  it('streams octets both ways', async () => {
    const { bytes } = await client.copy({ bytes: Readable.from([Buffer.from('one '), Buffer.from('two')]) });
    let text = '';
    for await (const part of bytes as AsyncIterable<Buffer>) text += part.toString();
    expect(text).toBe('one two');
  });
});
