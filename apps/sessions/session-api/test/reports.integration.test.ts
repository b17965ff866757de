import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aUser, SESSIONS } from './support/api.ts';
import { apiInWorld } from './support/api-in-world.ts';
import { aPipeline } from './support/facts.ts';

const { world, api, another } = apiInWorld('reports');
const limited = another({ RATE_LIMIT_ENABLED: 'true' });

describe('statistics', () => {
  it('of all sessions are the own ones, of everybody for an admin, within a period', async () => {
    const [user, other, admin] = [aUser(), aUser(), aUser('admin')];
    const statistics = { size_bytes: 100, chunks_count: 2, chunks_stored: 2, stored_bytes: 40 };
    await api.keep(user, randomUUID(), { status: 'completed', statistics });
    await api.keep(user, randomUUID(), { status: 'deleted', statistics });
    await api.keep(user, randomUUID(), { created_at: '2020-01-01T00:00:00.000Z' });
    await api.keep(other, randomUUID(), { status: 'recording', statistics });
    const of = async (by: typeof user, query: string) =>
      (await api.as(by, 'GET', `${SESSIONS}/statistics?${query}`)).json();
    expect(await of(user, 'period=24h')).toMatchObject({
      ...{ period: '24h', total: 1, size_bytes: 100, stored_bytes: 40, chunks_count: 2, chunks_stored: 2 },
      by_status: { completed: 1, deleted: 1, created: 0, recording: 0 },
      from: expect.any(String),
    });
    expect(await of(user, '')).toMatchObject({ period: 'all', total: 2 });
    expect(await of(user, `user_id=${other.id}`)).toMatchObject({ total: 2 });
    expect(await of(admin, 'period=24h')).toMatchObject({ total: 2, size_bytes: 200 });
    expect(await of(admin, `user_id=${other.id}`)).toMatchObject({ total: 1, by_status: { recording: 1 } });
    expect((await api.as(user, 'GET', `${SESSIONS}/statistics?period=2d`)).statusCode).toBe(400);
  });

  it('of one session say what is known, and nothing where the recorder does not answer', async () => {
    const user = aUser();
    const session = randomUUID();
    const started_at = new Date(Date.now() - 10_000).toISOString();
    await api.keep(user, session, { status: 'recording', started_at });
    const get = async () => (await api.as(user, 'GET', `${SESSIONS}/${session}/statistics`)).json();
    expect(await get()).not.toHaveProperty('chunks_quarantined');
    world.recordings.set(session, { chunks_quarantined: 2 });
    const known = await get();
    expect(known).toMatchObject({ session_id: session, chunks_quarantined: 2, error_count: 2 });
    expect(known.duration_seconds).toBeGreaterThan(9);
    const release = world.services.recorder.fail('getRecording', { sessionId: session });
    expect(await get()).not.toHaveProperty('error_count');
    release();
  });
});

describe('the pipeline of a session', () => {
  it('shows its stages, before the start and after it', async () => {
    const user = aUser();
    const session = await api.create(user);
    const url = `/api/v1/pipeline/sessions/${session}/status`;
    expect((await api.as(user, 'GET', url)).json()).toMatchObject({ status: 'created', progress: 0 });
    world.pipelines.set(session, { ...aPipeline(session, user.id), progress: 42 });
    const report = (await api.as(user, 'GET', url)).json();
    expect(report).toMatchObject({ progress: 42 });
    expect(report.stages).toHaveLength(5);
    expect((await api.as(aUser(), 'GET', url)).statusCode).toBe(404);
    expect((await api.as(user, 'GET', `${SESSIONS}/${session}/pipeline`)).json()).toMatchObject({
      session_id: session,
    });
  });
});

describe('the storage', () => {
  it('tells admins how full it is, and nobody else', async () => {
    const url = '/api/v1/storage/status';
    expect((await api.as(aUser('admin'), 'GET', url)).json()).toMatchObject({ capacity_bytes: 100 });
    expect((await api.as(aUser(), 'GET', url)).statusCode).toBe(403);
  });
});

describe('limits', () => {
  const code = (answer: { statusCode: number; body: string }) => [
    answer.statusCode,
    answer.statusCode < 300 ? undefined : JSON.parse(answer.body).error.code,
  ];

  it('are those of the specification: ten creations a minute and five deletions, each user alone', async () => {
    const [user, other] = [aUser(), aUser()];
    const made = [];
    for (let count = 0; count < 10; count++)
      made.push((await limited.as(user, 'POST', SESSIONS, { name: 'n' })).json().session_id);
    const refused = await limited.as(user, 'POST', SESSIONS, { name: 'n' });
    expect(code(refused)).toEqual([429, 'LUCID_ERR_3001']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.json().error.details).toEqual({ group: 'create' });
    expect((await limited.as(other, 'POST', SESSIONS, { name: 'n' })).statusCode).toBe(201);
    expect((await limited.as(user, 'GET', SESSIONS)).statusCode).toBe(200);
    const deleted = [];
    for (const session of made.slice(0, 6))
      deleted.push((await limited.as(user, 'DELETE', `${SESSIONS}/${session}`)).statusCode);
    expect(deleted).toEqual([204, 204, 204, 204, 204, 429]);
  });

  it('do not count what is refused before, nor admins, nor services', async () => {
    const [user, admin] = [aUser(), aUser('admin')];
    for (let count = 0; count < 12; count++) await limited.as(user, 'POST', SESSIONS, {});
    expect((await limited.as(user, 'POST', SESSIONS, { name: 'n' })).statusCode).toBe(201);
    for (let count = 0; count < 12; count++)
      expect((await limited.as(admin, 'POST', SESSIONS, { name: 'n' })).statusCode).toBe(201);
  });
});
