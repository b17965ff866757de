import { randomBytes, randomUUID } from 'node:crypto';
import { eventually } from '@lucid/testing';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aUser, GATEWAY, NAME, SESSIONS } from './support/api.ts';
import { apiInWorld } from './support/api-in-world.ts';
import { refusals, sha256 } from './support/facts.ts';

const user = aUser();
const { world, api } = apiInWorld('reading');
let address: string;
let proven: string;

beforeAll(async () => {
  address = await (await api.instance()).app.listen({ host: '127.0.0.1', port: 0 });
  proven = `${SESSIONS}/${world.provenId}`;
  await api.keep(user, world.provenId, {
    status: 'completed',
    anchoring_status: 'confirmed',
    anchor: { anchoring_id: randomUUID(), transaction_id: world.proof.bundle.anchor.transaction.tx_id },
    statistics: { size_bytes: 600_000, chunks_count: 3, chunks_stored: 3, stored_bytes: 1 },
  });
});
beforeEach(() => {
  world.breakAfter = undefined;
});

const codeOf = (answer: { body: string }): string => JSON.parse(answer.body).error.code;
const get = (url: string) => api.as(user, 'GET', url);
const fetched = async (url: string, signal?: AbortSignal) =>
  fetch(address + url, {
    headers: await api.identities.headers(GATEWAY, NAME, user),
    ...(signal ? { signal } : {}),
  });
const chunkUrl = (sequence: number) =>
  `${proven}/chunks/${world.provenId}-chunk-${String(sequence).padStart(6, '0')}`;

describe('a download', () => {
  it('is the whole recording, in order, with its length', async () => {
    const answer = await fetched(`${proven}/download`);
    expect(answer.headers.get('content-length')).toBe('600000');
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(sha256(bytes)).toBe(sha256(Buffer.concat(world.plainOf(world.provenId))));
  });

  it.each([
    ['completed', true],
    ['recording', false],
  ] as const)(
    'of a session that is %s breaks off when a chunk does, and never looks whole',
    async (status, hasLength) => {
      const session = randomUUID();
      world.plaintexts.set(session, [randomBytes(200_000), randomBytes(200_000)]);
      const statistics = { size_bytes: 400_000, chunks_count: 2, chunks_stored: 2, stored_bytes: 1 };
      await api.keep(user, session, { status, statistics });
      world.breakAfter = { sequence: 2, bytes: 100_000 };
      const answer = await fetched(`${SESSIONS}/${session}/download`);
      expect([answer.status, answer.headers.has('content-length')]).toEqual([200, hasLength]);
      await expect(answer.arrayBuffer()).rejects.toThrow();
      await eventually('no stream is left open', () => world.openPlaintexts.size === 0);
    },
  );

  it('of a completed session that lost a chunk breaks off instead of leaving it out', async () => {
    const session = randomUUID();
    world.plaintexts.set(session, [randomBytes(1000)]);
    const statistics = { size_bytes: 2000, chunks_count: 2, chunks_stored: 2, stored_bytes: 1 };
    await api.keep(user, session, { status: 'completed', statistics });
    const answer = await fetched(`${SESSIONS}/${session}/download`);
    await expect(answer.arrayBuffer()).rejects.toThrow();
  });

  it.each([
    ['is gone', refusals.NOT_STORED, [404, 'LUCID_ERR_7153']],
    ['cannot be read now', undefined, [502, 'LUCID_ERR_5003']],
    ['is refused to this very service', refusals.NOT_ALLOWED, [502, 'LUCID_ERR_5003']],
  ])('whose first chunk %s is answered with the reason', async (_what, error, expected) => {
    world.services.keys.fail('readPlaintext', { sessionId: world.provenId, times: 1 }, error);
    const answer = await get(`${proven}/download`);
    expect([answer.statusCode, codeOf(answer)]).toEqual(expected);
  });

  it('that nobody reads any more ends every stream behind it', async () => {
    const session = randomUUID();
    // Larger than all socket buffers on the way together, so that no chunk is ever through while nobody reads.
    const chunk = Buffer.alloc(64 * 2 ** 20, 1);
    world.plaintexts.set(session, [chunk, chunk, chunk]);
    await api.keep(user, session, { status: 'recording' });
    const gone = new AbortController();
    const answer = await fetched(`${SESSIONS}/${session}/download`, gone.signal);
    await answer.body?.getReader().read();
    await eventually('two chunks are under way', () => world.openPlaintexts.size === 2);
    gone.abort();
    await eventually('no stream is left open', () => world.openPlaintexts.size === 0);
    expect(world.services.keys.callsOf('readPlaintext', session)).toBe(2);
  });

  it('of nothing is 409 until something is stored', async () => {
    const session = await api.create(user);
    const answer = await get(`${SESSIONS}/${session}/download`);
    expect([answer.statusCode, codeOf(answer)]).toEqual([409, 'LUCID_ERR_7009']);
  });
});

describe('a chunk', () => {
  it('is read encrypted, in part, and decrypted', async () => {
    const file = world.proof.chunkFiles.get(2);
    expect((await get(`${chunkUrl(2)}/download`)).rawPayload).toEqual(file);
    const headers = { ...(await api.identities.headers(GATEWAY, NAME, user)), range: 'bytes=0-9' };
    const part = await api.inject({ url: `${chunkUrl(2)}/download?form=encrypted`, headers });
    expect([part.statusCode, part.headers['content-range'], part.headers.etag]).toEqual([
      206,
      `bytes 0-9/${file?.length}`,
      '"tag"',
    ]);
    expect((await get(`${chunkUrl(2)}/download?form=decrypted`)).rawPayload).toEqual(
      world.plainOf(world.provenId)[1],
    );
    expect((await get(chunkUrl(2))).json()).toMatchObject({ sequence_number: 2 });
  });

  it.each([
    ['number 0', (id: string) => `${id}-chunk-000000`],
    ['a number beyond any session', (id: string) => `${id}-chunk-999999`],
    ['a number beyond this session', (id: string) => `${id}-chunk-000004`],
    ['the number of another session', () => `${randomUUID()}-chunk-000001`],
  ])('with %s is 404', async (_what, idFor) => {
    for (const verb of ['', '/download', '/download?form=decrypted'])
      expect((await get(`${proven}/chunks/${idFor(world.provenId)}${verb}`)).statusCode).toBe(404);
  });

  it('list is cut by page or offset, and filtered by state and time, whatever the zone', async () => {
    const query =
      'status=stored&limit=2&page=2&start_time=2026-01-01T02:00:00%2B02:00&end_time=2026-01-02T00:00:00Z';
    expect((await get(`${proven}/chunks?${query}`)).json()).toMatchObject({ total: 3, limit: 2, offset: 2 });
    expect(world.listQueries.at(-1)).toEqual({
      ...{ status: 'stored', limit: 2, offset: 2 },
      ...{ start_time: '2026-01-01T00:00:00.000Z', end_time: '2026-01-02T00:00:00.000Z' },
    });
  });

  it('list is empty for a session that was never started, without asking anybody', async () => {
    const session = await api.create(user);
    expect((await get(`${SESSIONS}/${session}/chunks?limit=5`)).json()).toEqual({
      chunks: [],
      total: 0,
      limit: 5,
      offset: 0,
    });
    expect(world.services.recorder.callsOf('listRecordedChunks', session)).toBe(0);
    expect((await get(`${proven}/chunks?limit=2&offset=1`)).json()).toMatchObject({
      total: 3,
      limit: 2,
      offset: 1,
    });
  });
});

describe('a proof', () => {
  it('is the whole of it, and verifies', async () => {
    const { created_at: _when, ...bundle } = (await get(`${proven}/proof`)).json();
    const { created_at: _then, ...expected } = JSON.parse(JSON.stringify(world.proof.bundle));
    expect(bundle).toEqual(expected);
    expect((await get(`${proven}/manifest`)).json()).toMatchObject({ manifest_hash: expected.manifest_hash });
    const report = (await get(`${proven}/verify`)).json();
    expect(report).toMatchObject({ session_id: world.provenId, verified: true });
    expect(report.steps.every(({ outcome }: { outcome: string }) => outcome === 'ok')).toBe(true);
  });

  it('fails at the step that a changed or missing file belongs to', async () => {
    const files = world.proof.chunkFiles as Map<number, Buffer>;
    const file = files.get(2) ?? Buffer.alloc(0);
    files.set(2, Buffer.concat([file.subarray(1), Buffer.from('x')]));
    expect((await get(`${proven}/verify`)).json()).toMatchObject({
      verified: false,
      failed_step: 'chunk_hashes',
    });
    files.delete(2);
    const report = (await get(`${proven}/verify`)).json();
    expect(report.verified).toBe(false);
    files.set(2, file);
  });

  it('is 409 while no block holds the anchor, and nothing is hashed for it', async () => {
    const session = randomUUID();
    await api.keep(user, session, { status: 'processing', anchoring_status: 'pending' });
    for (const verb of ['proof', 'verify']) {
      const answer = await get(`${SESSIONS}/${session}/${verb}`);
      expect([answer.statusCode, codeOf(answer)]).toEqual([409, 'LUCID_ERR_7008']);
    }
    expect(world.services.storage.callsOf('checkIntegrity', session)).toBe(0);
  });

  it('does not send users to sign in when the engine does not know this service', async () => {
    world.services.engine.fail('getTransactionProof', { times: 1 }, refusals.NOT_ALLOWED);
    const answer = await get(`${proven}/proof`);
    expect([answer.statusCode, codeOf(answer)]).toEqual([502, 'LUCID_ERR_5003']);
  });
});
