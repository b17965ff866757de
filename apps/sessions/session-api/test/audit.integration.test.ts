import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { aUser, progress, SESSIONS } from './support/api.ts';
import { apiInWorld } from './support/api-in-world.ts';
import { NOW } from './support/facts.ts';

const { world, api, mongoUri } = apiInWorld('audit');

const at = (session: string, verb = '') => `${SESSIONS}/${session}${verb}`;

describe('the audit log', () => {
  it('has a row for everything that is done with a session, by whom and from where', async () => {
    const user = aUser();
    const session = await api.create(user);
    const from = { 'x-forwarded-for': '203.0.113.7' };
    const call = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', verb: string, body?: object) =>
      api.as(user, method, at(session, verb), body, from);
    await call('PUT', '', { name: 'secret name' });
    await call('PUT', '', { storage_config: { retention_days: 2 } });
    for (const verb of ['/start', '/pause', '/resume', '/pipeline/pause', '/pipeline/resume', '/stop'])
      await call('POST', verb);
    world.plaintexts.set(session, [Buffer.from('plain')]);
    await call('GET', `/chunks/${session}-chunk-000001`);
    await call('GET', `/chunks/${session}-chunk-000001/download?form=decrypted`);
    await call('GET', '/download');
    world.settle(session);
    await api.report(session, progress({ version: 99, status: 'completed' }));
    await call('POST', '/archive');
    await call('POST', '/restore');
    await call('DELETE', '');
    const rows = await api.audit(user, session); // also of a deleted session
    const events = rows.map(({ event_type }) => event_type).filter((event) => event !== 'key_destroyed');
    expect(events.slice(0, 3)).toEqual(['session_deleted', 'session_restored', 'session_archived']);
    const expected = [
      ...['session_created', 'session_updated', 'configuration_changed'],
      ...['session_started', 'pipeline_started', 'session_paused', 'session_resumed'],
      ...['pipeline_paused', 'pipeline_resumed', 'session_stopped', 'pipeline_stopped'],
      ...['chunk_accessed', 'chunk_downloaded', 'recording_downloaded'],
      ...['session_archived', 'session_restored', 'session_deleted'],
    ];
    expect(events.toSorted()).toEqual(expected.toSorted());
    for (const row of rows.filter(({ event_type }) => event_type !== 'key_destroyed'))
      expect(row).toMatchObject({ user_id: user.id, session_id: session, result: 'ok' });
    expect(rows.find(({ event_type }) => event_type === 'session_updated')).toMatchObject({
      ip: '203.0.113.7',
      details: { fields: ['name'] },
    });
  });

  it('tells a refused attempt by its result, and who tried the sessions of others', async () => {
    const [user, stranger, admin] = [aUser(), aUser(), aUser('admin')];
    const session = await api.create(user);
    await api.as(user, 'POST', at(session, '/pause')); // not recording
    await api.as(stranger, 'GET', at(session));
    await api.as(stranger, 'POST', `/api/v1/pipeline/sessions/${session}/process`, {});
    expect((await api.as(stranger, 'GET', at(session, '/audit'))).statusCode).toBe(404);
    const rows = await api.audit(admin, session);
    expect(rows.find(({ event_type }) => event_type === 'session_paused')?.result).toBe('failed');
    const denied = rows.filter(({ event_type }) => event_type === 'permission_denied');
    expect(denied).toHaveLength(3);
    for (const row of denied) expect(row).toMatchObject({ user_id: stranger.id, result: 'refused' });
    const only = await api.audit(admin, session, 'event_type=session_created');
    expect(only.map(({ event_type }) => event_type)).toEqual(['session_created']);
  });

  it('never holds what somebody typed or a secret', async () => {
    const user = aUser();
    const words = {
      name: 'hush-name',
      description: 'hush-description',
      metadata: { project: 'hush-project' },
    };
    const rdp_config = { host: 'hush.example', username: 'hush-user', credential_ref: 'hush/ref' };
    const made = await api.as(user, 'POST', SESSIONS, { ...words, rdp_config });
    await api.as(user, 'PUT', at(made.json().session_id), { ...words, rdp_config });
    const client = await new MongoClient(mongoUri()).connect();
    const rows = await client.db().collection('audit_logs').find({ user_id: user.id }).toArray();
    await client.close();
    expect(rows.length).toBeGreaterThan(1);
    expect(JSON.stringify(rows)).not.toMatch(/hush/);
  });

  it('has the rows of the key service between its own, and does without them while that one is away', async () => {
    const user = aUser();
    const session = await api.create(user);
    const row = {
      log_id: randomUUID(),
      outcome: 'done',
      caller: 'lucid-session-pipeline',
      request_id: 'r',
    } as const;
    world.keyAudit.push(
      { ...row, event: 'key_created', session_id: session, at: NOW },
      {
        ...row,
        event: 'chunk_opened',
        session_id: session,
        sequence_number: 3,
        user_id: user.id,
        at: '2099-01-01T00:00:00.000Z',
      },
    );
    const rows = await api.audit(user, session);
    expect(rows.map(({ event_type }) => event_type)).toEqual(['key_used', 'session_created', 'key_created']);
    expect(rows[0]).toMatchObject({ user_id: user.id, resource: `sessions/${session}/chunks/3` });
    const heal = world.services.keys.fail('listKeyAudit', { sessionId: session });
    expect((await api.audit(user, session)).map(({ event_type }) => event_type)).toEqual(['session_created']);
    heal();
  });

  it('is paged, and its rows are dropped after a year', async () => {
    const user = aUser();
    const session = await api.create(user);
    for (const name of ['a', 'b', 'c']) await api.as(user, 'PUT', at(session), { name });
    const { entries, pagination } = (await api.as(user, 'GET', at(session, '/audit?limit=3&page=2'))).json();
    expect(pagination).toEqual({ page: 2, limit: 3, total: 4, pages: 2 });
    expect(entries.map(({ event_type }: { event_type: string }) => event_type)).toEqual(['session_created']);
    const client = await new MongoClient(mongoUri()).connect();
    const collection = client.db().collection('audit_logs');
    const indexes = await collection.indexes();
    const row = await collection.findOne({ session_id: session });
    await client.close();
    expect(indexes.find(({ key }) => 'expires_at' in key)?.expireAfterSeconds).toBe(0);
    const keptMs = row?.expires_at.getTime() - Date.parse(row?.timestamp);
    expect(keptMs).toBe(365 * 86_400_000);
  });
});

describe('a chunk', () => {
  it('is deleted by an admin alone, and never when it is or will be proven', async () => {
    const [user, admin] = [aUser(), aUser('admin')];
    const chunkUrl = (session: string) => at(session, `/chunks/${session}-chunk-000002`);
    const failed = randomUUID();
    await api.keep(user, failed, { status: 'failed' });
    expect((await api.as(user, 'DELETE', chunkUrl(failed))).statusCode).toBe(403);
    expect((await api.as(admin, 'DELETE', chunkUrl(failed))).statusCode).toBe(204);
    expect(world.deletedChunks).toEqual([`${failed} 2 unanchored`]);
    for (const fields of [
      { status: 'completed', anchoring_status: 'finalized' },
      { status: 'recording', anchoring_status: 'none' },
      { status: 'failed', anchoring_status: 'processing' },
    ] as const) {
      const session = randomUUID();
      await api.keep(user, session, fields);
      const answer = await api.as(admin, 'DELETE', chunkUrl(session));
      expect([answer.statusCode, answer.json().error.code]).toEqual([409, 'LUCID_ERR_7033']);
      expect((await api.audit(user, session))[0]).toMatchObject({
        event_type: 'chunk_deleted',
        result: 'refused',
      });
    }
    expect(world.deletedChunks).toHaveLength(1);
  });
});
