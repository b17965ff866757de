import { randomUUID } from 'node:crypto';
import { eventually } from '@lucid/testing';
import { describe, expect, it } from 'vitest';
import { aUser, progress, SESSIONS, type User } from './support/api.ts';
import { apiInWorld } from './support/api-in-world.ts';

const { world, api } = apiInWorld('changes', {
  MAX_CONCURRENT_SESSIONS_PER_USER: '2',
  MAX_CONCURRENT_SESSIONS: '5',
});

const at = (session: string, verb = '') => `${SESSIONS}/${session}${verb}`;
const codeOf = (answer: { statusCode: number; body: string }) => [
  answer.statusCode,
  JSON.parse(answer.body).error.code,
];
const RDP = { host: 'desk.example', username: 'u', credential_ref: 'vault/desk' };

describe('configs', () => {
  it('are kept with their defaults, and a password has no place among them', async () => {
    const user = aUser();
    const made = await api.as(user, 'POST', SESSIONS, { name: 'n', rdp_config: RDP });
    expect(made.json()).toMatchObject({
      rdp_config: { ...RDP, port: 3389, use_tls: true, ignore_cert: false },
      recording_config: { frame_rate: 30 },
      storage_config: { retention_days: 30 },
    });
    const secret = 'correct-horse-battery';
    for (const field of ['password', 'pass', 'credentials']) {
      const body = { name: 'n', rdp_config: { ...RDP, [field]: secret } };
      const refused = await api.as(user, 'POST', SESSIONS, body);
      expect(codeOf(refused)).toEqual([400, 'LUCID_ERR_1001']);
      expect(refused.body).not.toContain(secret);
      const put = await api.as(user, 'PUT', at(made.json().session_id), { rdp_config: body.rdp_config });
      expect([put.statusCode, put.body.includes(secret)]).toEqual([400, false]);
    }
  });

  it('can be changed only before the start; name and metadata always', async () => {
    const user = aUser();
    const session = await api.create(user);
    const changed = await api.as(user, 'PUT', at(session), { storage_config: { retention_days: 5 } });
    expect(changed.json()).toMatchObject({ version: 2, storage_config: { retention_days: 5 } });
    await api.as(user, 'POST', at(session, '/start'));
    for (const body of [{ rdp_config: RDP }, { recording_config: {} }, { storage_config: {} }])
      expect(codeOf(await api.as(user, 'PUT', at(session), body))).toEqual([409, 'LUCID_ERR_7004']);
    expect((await api.as(user, 'PUT', at(session), { name: 'still mine' })).statusCode).toBe(200);
  });
});

describe('two editors', () => {
  it('are kept apart by the version, in If-Match as in the body', async () => {
    const user = aUser();
    const session = await api.create(user);
    const seen = await api.as(user, 'GET', at(session));
    expect([seen.headers.etag, seen.json().version]).toEqual(['"1"', 1]);
    const first = await api.as(user, 'PUT', at(session), { name: 'a' }, { 'if-match': '"1"' });
    expect([first.statusCode, first.headers.etag]).toEqual([200, '"2"']);
    const late = await api.as(user, 'PUT', at(session), { name: 'b' }, { 'if-match': '"1"' });
    expect(codeOf(late)).toEqual([412, 'LUCID_ERR_7032']);
    expect(codeOf(await api.as(user, 'PUT', at(session), { name: 'b', version: 1 }))).toEqual([
      409,
      'LUCID_ERR_7031',
    ]);
    expect((await api.as(user, 'PUT', at(session), { name: 'b', version: 2 })).json()).toMatchObject({
      name: 'b',
      version: 3,
    });
  });

  it('at the same time: exactly one wins', async () => {
    const user = aUser();
    const session = await api.create(user);
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => api.as(user, 'PUT', at(session), { name, version: 1 })),
    );
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 409, 409, 409]);
  });

  it('are not disturbed by counters, but by what the pipeline finds out', async () => {
    const user = aUser();
    const session = await api.create(user);
    await api.as(user, 'POST', at(session, '/start'));
    const version = async () => (await api.as(user, 'GET', at(session))).json().version;
    const started = await version();
    const statistics = { size_bytes: 5, chunks_count: 1, chunks_stored: 0, stored_bytes: 0 };
    await api.report(session, progress({ version: 10, statistics }));
    expect(await version()).toBe(started);
    await api.report(session, progress({ version: 11, statistics, anchoring_status: 'pending' }));
    expect(await version()).toBe(started + 1);
  });
});

describe('lists', () => {
  const names = async (user: User, query: string): Promise<string[]> =>
    (await api.as(user, 'GET', `${SESSIONS}?${query}`))
      .json()
      .sessions.map(({ name }: { name: string }) => name);

  it('are filtered by project, environment and tags, sorted, and cut by page or offset', async () => {
    const user = aUser();
    const make = (name: string, metadata: object) => api.as(user, 'POST', SESSIONS, { name, metadata });
    await make('b', { project: 'p', tags: ['x', 'y'] });
    await make('a', { project: 'p', environment: 'prod', tags: ['x'] });
    await make('c', { project: 'q', environment: 'prod' });
    expect(await names(user, 'project=p')).toEqual(['a', 'b']);
    expect(await names(user, 'environment=prod&sort=name')).toEqual(['a', 'c']);
    expect(await names(user, 'tags=x&sort=-name')).toEqual(['b', 'a']);
    expect(await names(user, 'tags=x,y')).toEqual(['b']);
    expect(await names(user, 'sort=created_at')).toEqual(['b', 'a', 'c']);
    expect(await names(user, 'sort=name&limit=1&offset=1')).toEqual(['b']);
    expect(await names(user, 'sort=name&limit=2&page=2')).toEqual(['c']);
    expect(await names(user, 'project=p&environment=test')).toEqual([]);
  });
});

describe('a pause', () => {
  it('reaches the pipeline and comes back by it, both ways, and can be repeated', async () => {
    const user = aUser();
    const session = await api.create(user);
    await api.as(user, 'POST', at(session, '/start'));
    for (const _again of [1, 2])
      expect((await api.as(user, 'POST', at(session, '/pause'))).json()).toMatchObject({ status: 'paused' });
    expect((await api.as(user, 'GET', at(session))).json()).toMatchObject({
      status: 'paused',
      recording_status: 'paused',
      pipeline_status: 'paused',
    });
    const resumed = await api.as(user, 'POST', at(session, '/pipeline/resume'));
    expect(resumed.json()).toMatchObject({ status: 'recording', pipeline_status: 'active' });
    const paused = await api.as(user, 'POST', at(session, '/pipeline/pause'));
    expect(paused.json()).toMatchObject({ status: 'paused', stages: expect.any(Array) });
    expect((await api.as(user, 'POST', at(session, '/stop'))).json()).toMatchObject({ status: 'processing' });
    expect((await api.as(user, 'GET', at(session))).json().stop_reason).toBe('requested');
  });
});

describe('quotas', () => {
  it('let a user record so many at a time, paused ones included, and the next when one has ended', async () => {
    const user = aUser();
    const [one, two, three] = [await api.create(user), await api.create(user), await api.create(user)];
    await api.as(user, 'POST', at(one, '/start'));
    await api.as(user, 'POST', at(two, '/start'));
    await api.as(user, 'POST', at(two, '/pause'));
    const refused = await api.as(user, 'POST', at(three, '/start'));
    expect(codeOf(refused)).toEqual([409, 'LUCID_ERR_7030']);
    expect(refused.json().error.details).toEqual({ scope: 'user', limit: 2 });
    expect((await api.as(user, 'GET', at(three))).json().status).toBe('created');
    expect((await api.as(user, 'POST', at(one, '/start'))).statusCode).toBe(200); // a repeat takes no place
    await api.as(user, 'POST', at(one, '/stop'));
    expect((await api.as(user, 'POST', at(three, '/start'))).statusCode).toBe(200);
    for (const session of [two, three]) await api.as(user, 'POST', at(session, '/stop'));
  });

  it('hold when many start at once, for one user and for all together', async () => {
    const user = aUser();
    const ids = await Promise.all([1, 2, 3, 4].map(() => api.create(user)));
    const answers = await Promise.all(ids.map((id) => api.as(user, 'POST', at(id, '/start'))));
    expect(answers.filter(({ statusCode }) => statusCode === 200).length).toBeLessThanOrEqual(2);
    const everybody = Array.from({ length: 8 }, () => aUser());
    const others = await Promise.all(everybody.map((one) => api.create(one)));
    await Promise.all(others.map((id, index) => api.as(everybody[index] ?? user, 'POST', at(id, '/start'))));
    const { deps } = await api.instance();
    expect(await deps.sessions.countRunning(Date.now())).toBeLessThanOrEqual(5);
  });

  it('give the place back when the start fails', async () => {
    const { deps } = await api.instance();
    const user = aUser();
    const session = randomUUID();
    await api.keep(user, session, {});
    world.services.pipeline.fail('startPipeline', { sessionId: session, times: 1 });
    await api.as(user, 'POST', at(session, '/start'));
    await eventually(
      'it is given back',
      async () => (await deps.sessions.countRunning(Date.now(), user.id)) === 0,
    );
  });
});

describe('the end of a recording that became too large', () => {
  it('is told with the reason that the recorder gives', async () => {
    const user = aUser();
    const session = randomUUID();
    await api.keep(user, session, { status: 'recording', started_at: new Date().toISOString() });
    world.recordings.set(session, { stop_reason: 'max_size' });
    await api.report(session, progress({ version: 7, status: 'processing' }));
    await eventually(
      'it says why',
      async () => (await api.as(user, 'GET', at(session))).json().stop_reason === 'max_size',
    );
  });
});

describe('a report from a state that nothing leads to', () => {
  it('changes nothing', async () => {
    const user = aUser();
    const session = randomUUID();
    await api.keep(user, session, { status: 'completed', progress_version: 3 });
    const late = await api.report(session, progress({ version: 9, status: 'recording' }));
    expect(late.json()).toEqual({ applied: false, version: 9 });
    expect((await api.as(user, 'GET', at(session))).json().status).toBe('completed');
  });
});
