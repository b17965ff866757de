import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { aUser, GATEWAY, NAME, PIPELINE, progress, SESSIONS } from './support/api.ts';
import { apiInWorld } from './support/api-in-world.ts';

const user = aUser();
const { api } = apiInWorld('contract');
let session: string;

beforeAll(async () => {
  session = await api.create(user);
});

const answered = (answer: { statusCode: number; body: string }) => [
  answer.statusCode,
  JSON.parse(answer.body).error.code,
];
const MIB = 2 ** 20;
const RDP = { host: 'desk.example', username: 'u' };
const long = (length: number) => 'x'.repeat(length);

describe('a session is refused', () => {
  it.each([
    ['without a name', {}, 'LUCID_ERR_1002'],
    ['with an empty name', { name: '' }, 'LUCID_ERR_1004'],
    ['with a long name', { name: long(256) }, 'LUCID_ERR_1004'],
    ['with a name that is a number', { name: 5 }, 'LUCID_ERR_1001'],
    ['with a long description', { name: 'n', description: long(1001) }, 'LUCID_ERR_1004'],
    ['with chunks that are too large', { name: 'n', chunk_size_bytes: 10 * MIB + 1 }, 'LUCID_ERR_1004'],
    ['with chunks that are too small', { name: 'n', chunk_size_bytes: MIB - 1 }, 'LUCID_ERR_1004'],
    ['with a size that is too large', { name: 'n', max_size_bytes: 100 * 1024 * MIB + 1 }, 'LUCID_ERR_1004'],
    ['with compression in words', { name: 'n', compression_enabled: 'yes' }, 'LUCID_ERR_1001'],
    ['with too many tags', { name: 'n', metadata: { tags: Array(11).fill('t') } }, 'LUCID_ERR_1004'],
    ['with an endless tag', { name: 'n', metadata: { tags: [long(51)] } }, 'LUCID_ERR_1004'],
    ['with a password', { name: 'n', rdp_config: { ...RDP, password: 'hunter2' } }, 'LUCID_ERR_1001'],
    ['with a desktop without a host', { name: 'n', rdp_config: { username: 'u' } }, 'LUCID_ERR_1002'],
    ['with a port that is none', { name: 'n', rdp_config: { ...RDP, port: 65_536 } }, 'LUCID_ERR_1004'],
    ['with a host that is a URL', { name: 'n', rdp_config: { ...RDP, host: 'a/b' } }, 'LUCID_ERR_1003'],
    ['with too many frames', { name: 'n', recording_config: { frame_rate: 121 } }, 'LUCID_ERR_1004'],
    ['with too low a bitrate', { name: 'n', recording_config: { bitrate: 999 } }, 'LUCID_ERR_1004'],
    ['with a screen in words', { name: 'n', recording_config: { resolution: 'big' } }, 'LUCID_ERR_1003'],
    [
      'with a screen too large',
      { name: 'n', recording_config: { resolution: '7680x4321' } },
      'LUCID_ERR_7002',
    ],
    ['with unknown quality', { name: 'n', recording_config: { quality: 'best' } }, 'LUCID_ERR_1001'],
    ['kept for no day', { name: 'n', storage_config: { retention_days: 0 } }, 'LUCID_ERR_1004'],
    ['kept for ever', { name: 'n', storage_config: { retention_days: 366 } }, 'LUCID_ERR_1004'],
    ['without encryption', { name: 'n', encryption_enabled: false }, 'LUCID_ERR_7002'],
    ['with an unknown priority', { name: 'n', metadata: { priority: 'urgent' } }, 'LUCID_ERR_1001'],
    ['with an owner of its own choice', { name: 'n', user_id: randomUUID() }, 'LUCID_ERR_1001'],
    ['with a status of its own choice', { name: 'n', status: 'completed' }, 'LUCID_ERR_1001'],
    ['as a list', [], 'LUCID_ERR_1001'],
  ])('%s', async (_what, body, code) => {
    expect(answered(await api.as(user, 'POST', SESSIONS, body))).toEqual([400, code]);
  });

  it('when it is broken, too large, or no JSON', async () => {
    const post = async (payload: string, type = 'application/json') =>
      api.inject({
        method: 'POST',
        url: SESSIONS,
        headers: { ...(await api.identities.headers(GATEWAY, NAME, user)), 'content-type': type },
        payload,
      });
    expect(answered(await post('{'))).toEqual([400, 'LUCID_ERR_1009']);
    expect(answered(await post(JSON.stringify({ name: long(MIB) })))).toEqual([413, 'LUCID_ERR_1010']);
    expect(answered(await post('name=n', 'application/x-www-form-urlencoded'))).toEqual([
      415,
      'LUCID_ERR_1011',
    ]);
    expect(answered(await post('n', 'application/octet-stream'))).toEqual([415, 'LUCID_ERR_1011']);
  });
});

describe('a query is refused', () => {
  it.each([
    ['', 'page=0', 'LUCID_ERR_1004'],
    ['', 'limit=101', 'LUCID_ERR_1004'],
    ['', 'limit=x', 'LUCID_ERR_1001'],
    ['', 'status=gone', 'LUCID_ERR_1001'],
    ['', 'owner=me', 'LUCID_ERR_1001'],
    ['', 'sort=size', 'LUCID_ERR_1001'],
    ['', 'page=1&offset=0', 'LUCID_ERR_1001'],
    ['', 'user_id=me', 'LUCID_ERR_1005'],
    ['/chunks', 'start_time=yesterday', 'LUCID_ERR_1008'],
    ['/chunks', 'page=1&offset=0', 'LUCID_ERR_1001'],
    ['/audit', 'limit=101', 'LUCID_ERR_1004'],
    ['/chunks', 'limit=1001', 'LUCID_ERR_1004'],
    ['/chunks', 'offset=-1', 'LUCID_ERR_1004'],
    ['/chunks', 'status=lost', 'LUCID_ERR_1001'],
    ['/chunks/{chunk}/download', 'form=raw', 'LUCID_ERR_1001'],
  ])('sessions%s?%s', async (path, query, code) => {
    const below = path && `/${session}${path.replace('{chunk}', `${session}-chunk-000001`)}`;
    expect(answered(await api.as(user, 'GET', `${SESSIONS}${below}?${query}`))).toEqual([400, code]);
  });
});

/** Every route below one session, with a body that would be right. */
const ROUTES = [
  ['GET', '', undefined],
  ['PUT', '', { name: 'n' }],
  ['DELETE', '', undefined],
  ['POST', '/start', undefined],
  ['POST', '/stop', undefined],
  ['GET', '/chunks', undefined],
  ['GET', '/chunks/{chunk}', undefined],
  ['GET', '/chunks/{chunk}/download', undefined],
  ['GET', '/download', undefined],
  ['GET', '/manifest', undefined],
  ['GET', '/proof', undefined],
  ['GET', '/verify', undefined],
  ['GET', '/pipeline', undefined],
  ['POST', '/pause', undefined],
  ['POST', '/resume', undefined],
  ['POST', '/archive', undefined],
  ['POST', '/restore', undefined],
  ['POST', '/pipeline/pause', undefined],
  ['POST', '/pipeline/resume', undefined],
  ['GET', '/statistics', undefined],
  ['GET', '/audit', undefined],
  ['GET', '/events', undefined],
] as const;

describe.each(ROUTES)('%s /sessions/{id}%s', (method, verb, body) => {
  const urlOf = (id: string) => `${SESSIONS}/${id}${verb.replace('{chunk}', `${randomUUID()}-chunk-000001`)}`;

  it('refuses an id that is none, and knows no id that is unknown or somebody else’s', async () => {
    expect(answered(await api.as(user, method, urlOf('7'), body))).toEqual([400, 'LUCID_ERR_1005']);
    expect(answered(await api.as(user, method, urlOf(randomUUID()), body))).toEqual([404, 'LUCID_ERR_7001']);
    expect(answered(await api.as(aUser(), method, urlOf(session), body))).toEqual([404, 'LUCID_ERR_7001']);
  });

  it('is for users alone, by way of the gateway', async () => {
    const as = (headers: Record<string, string>) =>
      api.inject({ method, url: urlOf(session), headers, ...(body ? { payload: body } : {}) });
    const users = { 'x-user-id': user.id, 'x-user-role': 'admin' };
    expect(answered(await as(users))).toEqual([401, 'LUCID_ERR_2001']);
    expect((await as({ ...users, authorization: 'Bearer a.b.c' })).statusCode).toBe(401);
    expect((await as({ ...(await api.identities.headers(PIPELINE, NAME)), ...users })).statusCode).toBe(401);
    expect((await as(await api.identities.headers(GATEWAY, NAME))).statusCode).toBe(401);
    expect((await as(await api.identities.headers('lucid-chunk-processor', NAME, user))).statusCode).toBe(
      403,
    );
  });
});

describe('an admin', () => {
  it('reads and lists anybody’s sessions, those of one user too; nobody else does', async () => {
    const admin = aUser('admin');
    expect((await api.as(admin, 'GET', `${SESSIONS}/${session}`)).json()).toMatchObject({
      session_id: session,
    });
    const listed = async (by: typeof admin, query: string): Promise<string[]> =>
      (await api.as(by, 'GET', `${SESSIONS}?${query}`))
        .json()
        .sessions.map((one: { session_id: string }) => one.session_id);
    const others = await api.create(aUser());
    expect((await listed(admin, 'limit=100')).toSorted()).toEqual([session, others].toSorted());
    expect(await listed(admin, `user_id=${user.id}`)).toEqual([session]);
    expect(await listed(user, '')).toEqual([session]);
    expect(await listed(aUser('node_operator'), `user_id=${user.id}`)).toEqual([]);
    expect((await api.as(aUser('node_operator'), 'GET', `${SESSIONS}/${session}`)).statusCode).toBe(404);
  });
});

describe('a report', () => {
  const url = () => `/api/v1/internal/sessions/${session}/progress`;

  it.each([
    ['without a version', { ...progress(), version: undefined }, 'LUCID_ERR_1002'],
    ['of version 0', progress({ version: 0 }), 'LUCID_ERR_1004'],
    ['with an unknown status', { ...progress(), status: 'lost' }, 'LUCID_ERR_1001'],
    [
      'with negative statistics',
      { ...progress(), statistics: { ...progress().statistics, size_bytes: -1 } },
      'LUCID_ERR_1004',
    ],
    ['with half a root', progress({ merkle_root: 'ab' }), 'LUCID_ERR_1003'],
    ['with an endless reason', progress({ error: long(1001) }), 'LUCID_ERR_1004'],
    ['with more than belongs to it', { ...progress(), user_id: user.id }, 'LUCID_ERR_1001'],
  ])('%s is refused', async (_what, body, code) => {
    const headers = await api.identities.headers(PIPELINE, NAME);
    expect(answered(await api.inject({ method: 'PUT', url: url(), headers, payload: body }))).toEqual([
      400,
      code,
    ]);
  });

  it('is taken from services alone, not from users', async () => {
    const put = (headers: Record<string, string>) =>
      api.inject({ method: 'PUT', url: url(), headers, payload: progress() });
    expect((await put({})).statusCode).toBe(401);
    expect((await put(await api.identities.headers(GATEWAY, NAME, aUser('admin')))).statusCode).toBe(403);
  });
});
