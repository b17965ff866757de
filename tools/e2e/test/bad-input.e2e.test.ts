import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from '@lucid/contracts';
import type { ErrorEnvelope } from '@lucid/errors';
import { eventually } from '@lucid/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { badRequests, soundQuestion } from '../src/bad-requests.ts';
import { exposed, forUsers, internal, isForAdmins, type Target } from '../src/exposed.ts';
import { type Answer, ask, errorCode, type Question } from '../src/gateway.ts';
import { Secrets } from '../src/leaks.ts';
import { MIB, mixedBytes, writeMaterial } from '../src/material.ts';
import { Person } from '../src/person.ts';
import { LucidSystem } from '../src/system.ts';
import { BadTokens } from '../src/tokens.ts';

const BOSS = 'boss@example.com';

/** A WebSocket answers a plain request with 426, whatever it asks for; its own tests knock as a browser does. */
const plain = (targets: readonly Target[]) => targets.filter(({ endpoint }) => !endpoint.webSocket);

describe('bad input at the only door', () => {
  let system: LucidSystem;
  let ada: Person;
  let bob: Person;
  let boss: Person;
  let tokens: BadTokens;
  let secrets: Secrets;
  let session: Session;
  let before: unknown;

  /** What nobody but time may change. */
  async function stateOfThings() {
    const { total_transactions, genesis_block } = await ada.get<Record<string, unknown>>('/blockchain/info');
    const stored = readdirSync(join(system.dataOf('session-storage'), 'active'), { recursive: true });
    const lists = await Promise.all(
      [ada, bob, boss].map(async (person) => {
        const { sessions } = await person.get<{ sessions: Session[] }>('/sessions?limit=100');
        // A block that has enough others on it becomes final by itself, which is a new version of its session.
        return sessions.map(
          ({ updated_at: _time, version: _next, anchoring_status: _final, ...rest }) => rest,
        );
      }),
    );
    return { total_transactions, genesis_block, stored: stored.toSorted(), lists };
  }

  /** Sends it, and insists on an envelope that says the right thing and nothing more. */
  async function refused(question: Question, status: number, code: number): Promise<Answer> {
    const id = randomUUID();
    const answer = await ask(system.url, {
      ...question,
      headers: { ...question.headers, 'x-request-id': id },
    });
    const told = { status: answer.status, code: errorCode(answer), leaks: secrets.leaksOf(answer) };
    expect(told, `${question.method} ${question.path}: ${answer.text}`).toEqual({
      status,
      code: question.method === 'HEAD' ? undefined : code,
      leaks: [],
    });
    expect(answer.headers['x-request-id']).toBe(id);
    if (question.method !== 'HEAD') expectEnvelope(answer, id);
    return answer;
  }

  function expectEnvelope({ json, headers }: Answer, id: string): void {
    expect(headers['content-type']).toMatch(/^application\/json/);
    const { error } = json as ErrorEnvelope;
    expect(error).toEqual({
      code: expect.stringMatching(/^LUCID_ERR_\d{4}$/),
      message: expect.stringMatching(/^[A-Z“].{5,200}$/),
      request_id: id,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      service: expect.stringMatching(/^lucid-[a-z-]+$/),
      version: 'v1',
      ...(error.details ? { details: expect.any(Object) } : {}),
    });
  }

  const tokenFor = ({ endpoint }: Target): string | undefined =>
    endpoint.access === 'public' ? undefined : (isForAdmins({ endpoint }) ? boss : ada).profile.access_token;

  beforeAll(async () => {
    const env = [
      'blockchain-engine:BLOCK_TIME_SECONDS=1',
      'blockchain-engine:UPTIME_BEACONS=false', // the only transactions that time alone would add
      `auth-service:BOOTSTRAP_SUPER_ADMIN_EMAIL=${BOSS}`,
    ];
    system = await LucidSystem.start('input', { env });
    [ada, bob, boss] = (await Promise.all(
      ['ada', 'bob', 'boss'].map((name) => Person.join(system, name)),
    )) as [Person, Person, Person];
    tokens = new BadTokens(system, ada.profile.access_token);
    secrets = new Secrets(system);
    for (const { email, password, profile } of [ada, bob, boss]) {
      secrets.add(`password of ${email}`, password);
      secrets.add(`access token of ${email}`, profile.access_token);
      secrets.add(`refresh token of ${email}`, profile.refresh_token);
    }
    const file = await writeMaterial(join(system.folder.path, 'file'), mixedBytes(MIB, 1));
    session = await ada.record(file.path);
    before = await stateOfThings();
  });
  afterAll(() => system?.end());

  it('knows every exposed endpoint by the contracts', () => {
    expect(exposed.length).toBeGreaterThan(30);
    expect(internal.length).toBeGreaterThan(20);
  });

  it.each(forUsers)('$name wants a token', async (target) => {
    await refused(soundQuestion(target), 401, 2001);
  });

  it.each(forUsers)('$name takes no forged token', async (target) => {
    for (const token of Object.values(await tokens.all()))
      await refused({ ...soundQuestion(target), token }, 401, 2003);
  });

  it.each(forUsers)('$name takes no expired token', async (target) => {
    await refused({ ...soundQuestion(target), token: await tokens.expired() }, 401, 2002);
  });

  it('takes a token that differs from those in nothing but its fault', async () => {
    const answer = await ask(system.url, { path: '/api/v1/users/me', token: await tokens.genuine() });
    expect(answer).toMatchObject({ status: 200, json: { email: ada.email } });
  });

  it('takes no token of a sign-in that has ended', async () => {
    const question = { path: '/api/v1/sessions', token: bob.profile.access_token };
    await bob.lucid(['logout']);
    await eventually(
      'the revocation has arrived',
      async () => (await ask(system.url, question)).status === 401,
    );
    await refused({ method: 'GET', ...question }, 401, 2003);
    await bob.signIn();
  });

  it.each(plain(exposed))('$name refuses what its contract does not take', async (target) => {
    for (const { what, question, status, code } of badRequests(target))
      await refused({ ...question, token: tokenFor(target) }, status, code).catch((error: Error) => {
        throw new Error(`${what}: ${error.message}`, { cause: error });
      });
  });

  it.each(forUsers.filter(isForAdmins))('$name is not for users', async (target) => {
    await refused({ ...soundQuestion(target), token: ada.profile.access_token }, 403, 2004);
  });

  const withIds = plain(forUsers).filter(({ params }) => params !== undefined);
  it.each(withIds)('$name finds nothing under an unknown id', async (target) => {
    const unknown = { height: '99999999', leaf_index: '0', tree: 'cd'.repeat(32), hash: 'cd'.repeat(32) };
    const answer = await ask(system.url, { ...soundQuestion(target, unknown), token: tokenFor(target) });
    await refused(
      { ...soundQuestion(target, unknown), token: tokenFor(target) },
      404,
      errorCode(answer) ?? 0,
    );
  });

  const ofSessions = withIds.filter(
    (target) => target.params?.properties?.session_id && !isForAdmins(target),
  );
  it.each(ofSessions)('$name tells somebody else what it tells of an unknown id', async (target) => {
    const token = bob.profile.access_token;
    const { session_id } = session;
    const chunkOf = (id: string) => ({ session_id: id, chunk_id: `${id}-chunk-000001` });
    const unknown = await ask(system.url, { ...soundQuestion(target, chunkOf(randomUUID())), token });
    const answer = await refused(
      { ...soundQuestion(target, chunkOf(session_id)), token },
      404,
      errorCode(unknown) ?? 0,
    );
    expect(answer.text).not.toContain(ada.email);
  });

  it.each(internal)('$name does not exist for the world', async (target) => {
    await refused({ ...soundQuestion(target), token: boss.profile.access_token }, 404, 4001);
  });

  it.each([
    '/metrics',
    '/nonsense',
    '/api/v1/nonsense',
    '/api/v2/sessions',
    '/api/v1/sessions/%00',
    '/api/v1/%2e%2e',
  ])('%s does not exist either', async (path) => {
    const { token = '' } = { token: ada.profile.access_token };
    const { status, text } = await ask(system.url, { path, token });
    expect([400, 404], text).toContain(status);
  });

  it('says what is wrong with an account, and never which part of a sign-in is', async () => {
    const register = (body: object) => ({ method: 'POST', path: '/api/v1/auth/register', body });
    const login = (email: string, password: string) => ({
      method: 'POST',
      path: '/api/v1/auth/login',
      body: { email, password },
    });
    const account = { email: 'new@example.com', username: 'newcomer', password: 'Correct-horse-1-battery' };
    await refused(register({ ...account, password: 'too-simple' }), 400, 1007);
    await refused(register({ ...account, email: 'no-address' }), 400, 1006);
    await refused(register({ ...account, email: ada.email }), 409, 4002);
    await refused(register({ ...account, username: ada.name }), 409, 4002);
    const wrong = await refused(login(ada.email, 'Wrong-horse-1-battery'), 401, 2001);
    const nobody = await refused(login('nobody@example.com', 'Wrong-horse-1-battery'), 401, 2001);
    expect((wrong.json as ErrorEnvelope).error.message).toBe((nobody.json as ErrorEnvelope).error.message);
    const refresh = { method: 'POST', path: '/api/v1/auth/refresh', body: { refresh_token: 'made-up' } };
    await refused(refresh, 401, 2010);
  });

  it('refuses what the state of a session does not allow', async () => {
    const token = boss.profile.access_token;
    const created = await ask(system.url, {
      method: 'POST',
      path: '/api/v1/sessions',
      token,
      body: { name: 'never started' },
    });
    const { session_id } = created.json as Session;
    const of = (id: string, rest: string, method = 'GET'): Question => ({
      method,
      path: `/api/v1/sessions/${id}${rest}`,
      token: (id === session_id ? boss : ada).profile.access_token,
    });
    const done = session.session_id;
    await refused(of(done, '/start', 'POST'), 409, 7004);
    await refused(of(done, '/stop', 'POST'), 409, 7004);
    await refused(of(session_id, '/stop', 'POST'), 409, 7004);
    await refused(of(session_id, '/proof'), 409, 7008);
    await refused(of(session_id, '/verify'), 409, 7008);
    await refused(of(session_id, '/download'), 409, 7009);
    const append = { headers: { 'content-type': 'application/octet-stream', 'upload-offset': '0' } };
    await refused({ ...of(done, '/stream', 'PATCH'), ...append, body: Buffer.from('late') }, 409, 7102);
    expect(await ask(system.url, of(session_id, '/start', 'POST'))).toMatchObject({ status: 200 });
    const status = async () => ((await ask(system.url, of(session_id, ''))).json as Session).status;
    await eventually('it records', async () => (await status()) === 'recording');
    await refused(of(session_id, '', 'DELETE'), 409, 7004);
    const ahead = { headers: { ...append.headers, 'upload-offset': '5' }, body: Buffer.from('ahead') };
    const answer = await refused({ ...of(session_id, '/stream', 'PATCH'), ...ahead }, 409, 7103);
    expect(answer.headers['upload-offset']).toBe('0');

    await ask(system.url, of(session_id, '/stop', 'POST'));
    await eventually('it has failed', async () => (await status()) === 'failed');
    expect(await ask(system.url, of(session_id, '', 'DELETE'))).toMatchObject({ status: 204 });
  });

  it('has changed nothing by all that', async () => {
    expect(await stateOfThings()).toEqual(before);
    expect(await ada.get(`/sessions/${session.session_id}/verify`)).toMatchObject({ verified: true });
  });

  it('has written no secret into any log', () => {
    expect(secrets.inLogs()).toEqual([]);
  });
});
