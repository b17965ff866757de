import { randomUUID } from 'node:crypto';
import { eventually } from '@lucid/testing';
import { MongoClient } from 'mongodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { Leases, leasesDefinition } from '../src/adapters/leases.ts';
import type { SessionDocument } from '../src/domain/session-document.ts';
import { storageConfigOf } from '../src/domain/session-wish.ts';
import { aUser, progress, SESSIONS } from './support/api.ts';
import { apiInWorld } from './support/api-in-world.ts';
import { aPipeline } from './support/facts.ts';
import { MovedClock } from './support/moved-clock.ts';

const clock = new MovedClock();
const user = aUser();
const { world, api, another, mongoUri } = apiInWorld('sweeps', { SWEEP_SECONDS: '1' }, clock);
another({ SWEEP_SECONDS: '1' }); // two replicas: only one of them sweeps

beforeEach(() => {
  clock.aheadMs = 0;
});

const at = (session: string, verb = '') => `${SESSIONS}/${session}${verb}`;
const now = () => new Date(clock.nowMs()).toISOString();
const get = async (session: string) => (await api.as(user, 'GET', at(session))).json();
const events = async (session: string) =>
  (await api.audit(user, session)).map(({ event_type }) => event_type);

async function running(fields: Partial<SessionDocument> = {}): Promise<string> {
  const session = randomUUID();
  world.pipelines.set(session, aPipeline(session, user.id));
  await api.keep(user, session, {
    ...{ status: 'recording', started_at: now(), active_at: now(), progress_version: 1 },
    ...fields,
  });
  return session;
}

describe('a recording', () => {
  it.each([
    ['of a day is stopped, however busy it is', { hours: 24 }, true, 'max_duration'],
    ['without a byte for two hours is stopped', { hours: 2 }, false, 'idle'],
  ] as const)('%s', async (_what, ahead, isBusy, reason) => {
    const lastMs = clock.nowMs() + (isBusy ? 86_400_000 : 0);
    const session = await running({ active_at: new Date(lastMs).toISOString() });
    clock.forward(ahead);
    await eventually('it is stopped', async () => (await get(session)).status === 'processing');
    expect(await get(session)).toMatchObject({ stop_reason: reason });
    const rows = await eventually('it is noted', async () => {
      const found = (await api.audit(user, session)).filter((row) => row.event_type === 'session_stopped');
      return found.length > 0 ? found : undefined;
    });
    expect(rows).toMatchObject([{ action: 'sweep', details: { reason }, result: 'ok' }]);
    expect(rows[0]).not.toHaveProperty('user_id');
    expect(world.services.pipeline.callsOf('stopPipeline', session)).toBe(1);
  });

  it('that is paused is stopped too, and one that is busy goes on', async () => {
    const ahead = new Date(clock.nowMs() + 3 * 3_600_000).toISOString();
    const paused = await running({ status: 'paused' });
    const busy = await running({ active_at: ahead });
    clock.forward({ hours: 3 });
    await eventually('the paused one is stopped', async () => (await get(paused)).status === 'processing');
    expect((await get(busy)).status).toBe('recording');
  });

  it('that cannot be stopped now does not keep others from it, and is tried again', async () => {
    const stuck = await running();
    const fine = await running();
    const heal = world.services.pipeline.fail('stopPipeline', { sessionId: stuck });
    clock.forward({ hours: 25 });
    await eventually('the other one is stopped', async () => (await get(fine)).status === 'processing');
    heal();
    await eventually('it is stopped after all', async () => (await get(stuck)).status === 'processing');
  });
});

describe('the retention', () => {
  const ended = async (retention_days: number): Promise<string> => {
    const session = await running({ storage_config: storageConfigOf({ retention_days, archive: false }) });
    await api.report(session, progress({ version: 5, status: 'completed', anchoring_status: 'finalized' }));
    world.settle(session);
    return session;
  };

  it('over: key and files are removed once, the session stays and says so, a younger one is left alone', async () => {
    const [old, young] = [await ended(3), await ended(30)];
    expect(Date.parse((await get(old)).retention_until) - clock.nowMs()).toBeGreaterThan(2.9 * 86_400_000);
    clock.forward({ days: 4 });
    await eventually('it is removed', async () => (await get(old)).purged_at);
    expect(await get(old)).toMatchObject({ status: 'completed', anchoring_status: 'finalized' });
    expect(world.destroyed.filter((id) => id === old).length).toBeGreaterThanOrEqual(1);
    expect(world.destroyed).not.toContain(young);
    const rows = await eventually('it is noted', async () => {
      const found = await events(old);
      return found.includes('session_expired') ? found : undefined;
    });
    expect(rows.filter((event) => event === 'session_expired' || event === 'key_destroyed')).toHaveLength(2);
    for (const verb of ['/download', `/chunks/${old}-chunk-000001/download`]) {
      const answer = await api.as(user, 'GET', at(old, verb));
      expect([verb, answer.statusCode, answer.json().error.code]).toEqual([verb, 410, 'LUCID_ERR_7034']);
    }
    const archive = await api.as(user, 'GET', `/api/v1/storage/sessions/${old}/download`);
    expect(archive.statusCode).toBe(410);
  });

  it('leaves manifest and list of chunks to be read, the latter as deleted', async () => {
    const session = world.provenId;
    await api.keep(user, session, {
      ...{ status: 'completed', purged_at: now(), anchoring_status: 'finalized' },
      anchor: { anchoring_id: randomUUID(), transaction_id: world.proof.bundle.anchor.transaction.tx_id },
    });
    expect((await api.as(user, 'GET', at(session, '/manifest'))).statusCode).toBe(200);
    const { chunks, total } = (await api.as(user, 'GET', at(session, '/chunks?limit=2&offset=1'))).json();
    expect(total).toBe(3);
    expect(
      chunks.map(({ sequence_number, status }: Record<string, unknown>) => [sequence_number, status]),
    ).toEqual([
      [2, 'deleted'],
      [3, 'deleted'],
    ]);
    const one = await api.as(user, 'GET', at(session, `/chunks/${session}-chunk-000003`));
    expect(one.json()).toMatchObject({ status: 'deleted', plain_offset: 400_000 });
    const none = await api.as(user, 'GET', at(session, '/chunks?status=stored'));
    expect(none.json().total).toBe(0);
  });

  it('leaves the proof as it was; the verification says which steps need bytes that are gone', async () => {
    const session = world.provenId;
    expect((await api.as(user, 'GET', at(session, '/proof'))).json()).toMatchObject({
      format: 'lucid-proof',
    });
    const report = (await api.as(user, 'GET', at(session, '/verify'))).json();
    expect(report).toMatchObject({ verified: true });
    const of = (outcome: string): string[] =>
      report.steps
        .filter((step: { outcome: string }) => step.outcome === outcome)
        .map(({ step }: { step: string }) => step);
    expect(of('not_checked').length).toBeGreaterThan(0);
    for (const step of of('not_checked')) expect(step).toMatch(/chunk/);
    expect(of('failed')).toEqual([]);
    expect(of('ok')).toEqual(expect.arrayContaining(['manifest_hash', 'merkle_root', 'checkpoints']));
    expect(world.services.storage.callsOf('checkIntegrity', session)).toBe(0);
  });

  it('is tried again while it cannot be carried out', async () => {
    const session = await ended(1);
    const heal = world.services.pipeline.fail('destroyPipeline', { sessionId: session });
    clock.forward({ days: 2 });
    await eventually('it was tried', () => world.services.pipeline.callsOf('destroyPipeline', session));
    expect(await get(session)).not.toHaveProperty('purged_at');
    heal();
    await eventually('it is removed', async () => (await get(session)).purged_at, { timeoutMs: 15_000 });
  });
});

describe('the archive', () => {
  it('takes the files of completed sessions by itself when they want it, and gives them back', async () => {
    const session = await running();
    await api.report(session, progress({ version: 5, status: 'completed', anchoring_status: 'finalized' }));
    clock.forward({ days: 8 });
    await eventually('it is archived', async () => (await get(session)).archived_at);
    expect(world.archived.has(session)).toBe(true);
    await eventually('it is noted', async () => (await events(session)).includes('session_archived'));
    const restored = await api.as(user, 'POST', at(session, '/restore'));
    expect(restored.json()).not.toHaveProperty('archived_at');
    expect(world.archived.has(session)).toBe(false);
  });

  it('takes them when the owner asks, in as many pieces as it needs, and again without harm', async () => {
    const session = await running({
      status: 'completed',
      storage_config: storageConfigOf({ archive: false }),
    });
    world.movesLeft = 3;
    for (const _again of [1, 2]) {
      const answer = await api.as(user, 'POST', at(session, '/archive'));
      expect([answer.statusCode, answer.json().archived_at]).toEqual([200, expect.any(String)]);
    }
    expect(world.services.storage.callsOf('archiveSession', session)).toBe(5);
    const busy = await running();
    expect((await api.as(user, 'POST', at(busy, '/archive'))).statusCode).toBe(409);
    expect((await api.as(aUser(), 'POST', at(session, '/archive'))).statusCode).toBe(404);
    expect((await api.as(aUser('admin'), 'POST', at(session, '/restore'))).statusCode).toBe(200);
  });
});

describe('the lease of the sweep', () => {
  it('is held by one, renewed by the same, and taken over when it has run out or was given back', async () => {
    const client = await new MongoClient(mongoUri('leases')).connect();
    const collection = client.db().collection(leasesDefinition.name) as never;
    const [one, two] = [new Leases(collection, clock, 'one'), new Leases(collection, clock, 'two')];
    const both = await Promise.all([one.hold('x', 60_000), two.hold('x', 60_000)]);
    expect(both.filter(Boolean)).toHaveLength(1);
    const [holder, waiting] = both[0] ? [one, two] : [two, one];
    expect([await holder.hold('x', 60_000), await waiting.hold('x', 60_000)]).toEqual([true, false]);
    clock.forward({ hours: 1 });
    expect(await waiting.hold('x', 60_000)).toBe(true);
    expect(await holder.hold('x', 60_000)).toBe(false);
    await holder.release('x'); // somebody else's by now: nothing happens
    expect(await holder.hold('x', 60_000)).toBe(false);
    await waiting.release('x');
    expect(await holder.hold('x', 60_000)).toBe(true);
    await client.close();
  });
});
