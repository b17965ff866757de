import { randomUUID } from 'node:crypto';
import { SESSION_STATUSES, type SessionStatus } from '@lucid/contracts';
import { eventually } from '@lucid/testing';
import { describe, expect, it } from 'vitest';
import { aUser, progress, SESSIONS } from './support/api.ts';
import { apiInWorld } from './support/api-in-world.ts';
import { aPipeline, refusals } from './support/facts.ts';

const { world, api } = apiInWorld('sessions', {
  MAX_SESSIONS_PER_USER: '4',
  MAX_CONCURRENT_SESSIONS: '1000',
});

const codeOf = (answer: { body: string }): string => JSON.parse(answer.body).error.code;
const at = (session: string, verb = '') => `${SESSIONS}/${session}${verb}`;
const statistics = { size_bytes: 9, chunks_count: 1, chunks_stored: 1, stored_bytes: 70 };

describe('sessions of a user', () => {
  it('are listed newest first, page by page, without gap or repeat', async () => {
    const user = aUser();
    const ids = [];
    for (let count = 0; count < 4; count++) ids.push(await api.create(user, `no. ${count}`));
    const page = async (number: number) =>
      (await api.as(user, 'GET', `${SESSIONS}?page=${number}&limit=3`)).json();
    const [first, second] = [await page(1), await page(2)];
    const listed = [...first.sessions, ...second.sessions].map(({ session_id }) => session_id);
    expect(listed.toSorted()).toEqual(ids.toSorted());
    expect(first.pagination).toEqual({ page: 1, limit: 3, total: 4, pages: 2 });
    const times = first.sessions.map(({ created_at }: { created_at: string }) => created_at);
    expect(times).toEqual(times.toSorted().reverse());
  });

  it('are no more than allowed, and deleted ones do not count', async () => {
    const user = aUser();
    const [one] = [
      await api.create(user),
      await api.create(user),
      await api.create(user),
      await api.create(user),
    ];
    const refused = await api.as(user, 'POST', SESSIONS, { name: 'one more' });
    expect([refused.statusCode, codeOf(refused)]).toEqual([409, 'LUCID_ERR_7003']);
    await api.as(user, 'DELETE', at(one));
    expect((await api.as(user, 'POST', SESSIONS, { name: 'one more' })).statusCode).toBe(201);
  });

  it('are renamed and described, and nothing else of them is changed', async () => {
    const user = aUser();
    const session = await api.create(user);
    const changed = await api.as(user, 'PUT', at(session), { name: 'new', metadata: { tags: ['a'] } });
    expect(changed.json()).toMatchObject({ name: 'new', metadata: { tags: ['a'] }, status: 'created' });
    expect((await api.as(user, 'PUT', at(session), {})).json()).toMatchObject({ name: 'new' });
  });
});

describe('starting and stopping', () => {
  it('leave the session where the pipeline says, readable at once, and can be repeated', async () => {
    const user = aUser();
    const session = await api.create(user);
    for (const _again of [1, 2])
      expect((await api.as(user, 'POST', at(session, '/start'))).json()).toMatchObject({
        status: 'recording',
      });
    expect((await api.as(user, 'GET', at(session))).json()).toMatchObject({
      status: 'recording',
      started_at: expect.any(String),
    });
    for (const _again of [1, 2])
      expect((await api.as(user, 'POST', at(session, '/stop'))).json()).toMatchObject({
        status: 'processing',
      });
  });

  it('keep everything the pipeline’s answer says, for its report of that version may come second', async () => {
    const user = aUser();
    const session = await api.create(user);
    await api.as(user, 'POST', at(session, '/start'));
    const known = world.pipelines.get(session);
    const news = {
      merkle_root: 'a'.repeat(64),
      manifest_id: randomUUID(),
      anchor: { anchoring_id: randomUUID() },
    };
    if (known) world.pipelines.set(session, { ...known, ...news });
    await api.as(user, 'POST', at(session, '/stop'));
    const late = await api.report(session, progress({ version: 2, status: 'processing' }));
    expect(late.json()).toEqual({ applied: false, version: 2 });
    expect((await api.as(user, 'GET', at(session))).json()).toMatchObject(news);
  });

  it('tell an outage behind as such, and a state the pipeline alone knows as 409', async () => {
    const user = aUser();
    const session = await api.create(user);
    world.services.pipeline.fail('startPipeline', { sessionId: session, times: 1 });
    const outage = await api.as(user, 'POST', at(session, '/start'));
    expect([outage.statusCode, codeOf(outage)]).toEqual([502, 'LUCID_ERR_5003']);
    world.services.pipeline.fail('startPipeline', { sessionId: session, times: 1 }, () =>
      refusals.ILLEGAL({ details: { state: 'error' } }),
    );
    const ended = await api.as(user, 'POST', at(session, '/start'));
    expect([ended.statusCode, codeOf(ended), ended.json().error.details]).toEqual([
      409,
      'LUCID_ERR_7004',
      { state: 'error' },
    ]);
    world.services.pipeline.fail('startPipeline', { sessionId: session, times: 1 }, refusals.NOT_ALLOWED);
    const refused = await api.as(user, 'POST', at(session, '/start'));
    expect([refused.statusCode, codeOf(refused)]).toEqual([502, 'LUCID_ERR_5003']);
    expect((await api.as(user, 'POST', at(session, '/start'))).statusCode).toBe(200);
  });
});

/** What a user may ask for in each of the nine states; everything else is 409. */
const MAY: Readonly<Record<string, readonly SessionStatus[]>> = {
  'POST /start': ['created', 'starting', 'recording'],
  'POST /pause': ['recording', 'paused'],
  'POST /resume': ['recording', 'paused'],
  'POST /stop': ['starting', 'recording', 'paused', 'stopped', 'processing'],
  'POST /pipeline/pause': ['recording', 'paused'],
  'POST /pipeline/resume': ['recording', 'paused'],
  'POST /archive': ['completed', 'failed'],
  'POST /restore': ['completed', 'failed'],
  'DELETE ': ['created', 'stopped', 'completed', 'failed'],
};

describe('what the state does not allow', () => {
  it.each(Object.entries(MAY))('%s is 409, and nothing else is', async (asked, allowed) => {
    const [method, verb] = asked.split(' ') as ['POST' | 'DELETE', string];
    for (const status of SESSION_STATUSES.filter((one) => one !== 'deleted')) {
      const session = randomUUID();
      await api.keep(aUser(), session, { status });
      world.pipelines.set(session, { ...aPipeline(session, session), session_status: status });
      const owner = (await (await api.instance()).deps.sessions.find(session))?.user_id ?? '';
      const answer = await api.as({ id: owner, role: 'user' }, method, at(session, verb));
      const expected = allowed.includes(status) ? [status, true] : [status, false, 409, 'LUCID_ERR_7004'];
      const isOk = answer.statusCode < 300;
      expect(isOk ? [status, true] : [status, false, answer.statusCode, codeOf(answer)]).toEqual(expected);
    }
  });

  it('trying again is for admins, and for sessions that have failed', async () => {
    const admin = aUser('admin');
    for (const status of SESSION_STATUSES.filter((one) => one !== 'deleted')) {
      const session = randomUUID();
      await api.keep(aUser(), session, { status });
      world.pipelines.set(session, { ...aPipeline(session, session), session_status: status });
      const url = `/api/v1/pipeline/sessions/${session}/process`;
      expect((await api.as(aUser(), 'POST', url, {})).statusCode).toBe(403);
      const answer = await api.as(admin, 'POST', url, { priority: 'high' });
      expect([status, answer.statusCode]).toEqual([status, status === 'failed' ? 202 : 409]);
    }
  });
});

describe('reports', () => {
  it('are applied in the order of their versions, however they arrive', async () => {
    const user = aUser();
    const session = await api.create(user);
    const versions = [3, 1, 5, 2, 4];
    const reports = versions.map((version) =>
      api.report(session, progress({ version, statistics: { ...statistics, size_bytes: version } })),
    );
    await Promise.all(reports);
    expect((await api.as(user, 'GET', at(session))).json().statistics.size_bytes).toBe(5);
    expect((await api.report(session, progress({ version: 5, status: 'failed' }))).json()).toEqual({
      applied: false,
      version: 5,
    });
  });

  it('about unknown sessions are acknowledged, or the pipeline would tell them for ever', async () => {
    expect((await api.report(randomUUID(), progress())).json()).toEqual({ applied: false, version: 1 });
  });

  it('count a completed session once, however many follow', async () => {
    const session = await api.create(aUser());
    const completed = async () => {
      const text = (await api.inject({ url: '/metrics' })).body;
      return Number(text.match(/^sessions_ended_total\{status="completed"\} (\d+)$/m)?.[1] ?? 0);
    };
    const before = await completed();
    for (const version of [1, 2]) await api.report(session, progress({ version, status: 'completed' }));
    expect(await completed()).toBe(before + 1);
  });
});

describe('deleting', { timeout: 20_000 }, () => {
  it('hides the session at once and has everything removed, also after an outage', async () => {
    const user = aUser();
    const session = await api.create(user);
    await api.as(user, 'POST', at(session, '/start'));
    world.settle(session);
    await api.report(session, progress({ version: 2, status: 'completed' }));
    world.services.pipeline.fail('destroyPipeline', { sessionId: session, times: 1 });
    expect((await api.as(user, 'DELETE', at(session))).statusCode).toBe(204);
    for (const verb of ['', '/manifest', '/proof', '/download', '/chunks'])
      expect((await api.as(user, 'GET', at(session, verb))).statusCode).toBe(404);
    expect((await api.as(user, 'DELETE', at(session))).statusCode).toBe(404);
    await eventually('it is removed', () => world.destroyed.includes(session));
    expect((await api.report(session, progress({ version: 9 }))).json().applied).toBe(false);
  });

  it('while being started stops and removes what was started, even when the start comes last', async () => {
    const user = aUser();
    const session = await api.create(user);
    const { deps } = await api.instance();
    const purged = async () =>
      (await deps.sessions.toPurge(Number.MAX_SAFE_INTEGER, 100)).every(({ _id }) => _id !== session);
    const release = world.services.pipeline.hang('startPipeline', { sessionId: session });
    const starting = api.as(user, 'POST', at(session, '/start'));
    await eventually('it is being started', () => world.services.pipeline.callsOf('startPipeline', session));
    await api.as(user, 'DELETE', at(session));
    await eventually('nothing was there to purge', purged);
    release();
    await starting;
    await eventually('it is removed all the same', () => world.destroyed.includes(session));
    expect(world.pipelines.get(session)?.state).toBe('stopping');
    await eventually('nothing is left to purge', purged);
  });

  it('goes on for the others while many cannot be removed', async () => {
    const stuck = Array.from({ length: 25 }, () => randomUUID());
    for (const session of stuck) {
      world.services.pipeline.fail('destroyPipeline', { sessionId: session }, refusals.ILLEGAL);
      await api.keep(aUser(), session, { status: 'deleted', purge_due_ms: 1 });
    }
    const session = randomUUID();
    await api.keep(aUser(), session, { status: 'deleted', purge_due_ms: 2 });
    world.settle(session);
    await eventually('the last one is removed', () => world.destroyed.includes(session));
  });
});
