import { randomUUID } from 'node:crypto';
import type { PIPELINE_STATES, Pipeline } from '@lucid/contracts';
import { eventually } from '@lucid/testing';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { path, startBody } from './support/pipeline.ts';
import { pipelineInWorld } from './support/pipeline-in-world.ts';

const { world, pipeline, recorded, mongoUri } = pipelineInWorld('recovery');
let client: MongoClient;

beforeAll(async () => {
  client = await new MongoClient(mongoUri()).connect();
});
afterAll(() => client?.close());

const post = (session: string, verb: string) => pipeline.call('POST', path(session, `/${verb}`));
const TIMEOUT = 40_000;

describe.concurrent('what failed is recovered', { timeout: TIMEOUT }, () => {
  const failed = async (session: string): Promise<Pipeline> => {
    await pipeline.stop(session);
    return pipeline.reaches(session, 'failed', 30_000);
  };
  const recovers = async (session: string) => {
    const recovered = (await post(session, 'recover')).json();
    expect(recovered.error).toBeUndefined();
    const done = await pipeline.reaches(session, 'completed');
    expect(done.error).toBeUndefined();
    expect(world.of(session).manifests).toHaveLength(1);
    expect(world.services.recorder.callsOf('startRecording', session)).toBe(1);
    const since = world.of(session).statuses.slice(world.of(session).statuses.lastIndexOf('failed') + 1);
    expect(since.filter((status) => status !== 'processing' && status !== 'completed')).toEqual([]);
  };

  it('after a quarantined chunk was resolved; until then no anchor, and nothing is thrown away', async () => {
    const session = await recorded(3);
    Object.assign(world.recordingOf(session), { chunks_quarantined: 1, chunks_stored: 2 });
    await failed(session);
    expect(world.of(session)).toMatchObject({ anchoring: undefined, keyIsShredded: false });
    expect(world.of(session).stored).toHaveLength(3);
    await post(session, 'recover');
    await pipeline.reaches(session, 'failed'); // it is not resolved yet
    Object.assign(world.recordingOf(session), { chunks_quarantined: 0, chunks_stored: 3 });
    await recovers(session);
  });

  it('after a gap was filled, which was looked at several times before it was believed', async () => {
    const session = await recorded(3);
    const facts = world.of(session);
    const [, missing] = facts.stored;
    facts.stored = facts.stored.filter((chunk) => chunk !== missing);
    const gone = await failed(session);
    expect(gone.error).toBe('The stored chunks have a gap.');
    expect(world.services.storage.callsOf('listStoredChunks', session)).toBeGreaterThanOrEqual(4);
    const stage = gone.stages.find(({ stage_name }) => stage_name === 'merkle_build');
    expect(stage).toMatchObject({ retry_count: 3, max_retries: 3, metrics: { errors_count: 4 } });
    expect(facts.anchoring).toBeUndefined();
    world.record(session, 3);
    await recovers(session);
  });

  it('after anchoring gave up: it is asked to try again, once', async () => {
    const session = await recorded(3);
    world.of(session).looksUntilConfirmed = Number.POSITIVE_INFINITY;
    await pipeline.stop(session);
    const anchoring = await eventually('it is asked', () => world.of(session).anchoring);
    Object.assign(anchoring, { status: 'expired', error: 'No block took it within 24 hours.' });
    await pipeline.reaches(session, 'failed', 30_000);
    world.of(session).looksUntilConfirmed = 1;
    await recovers(session);
    expect(world.of(session).anchoringRetries).toBe(1);
  });

  it('although it has nothing left to do', async () => {
    const session = await recorded(3);
    await pipeline.stop(session);
    await pipeline.reaches(session, 'completed');
    expect((await post(session, 'recover')).json()).toMatchObject({ session_status: 'completed' });
    await eventually('it is stopped again', async () => (await pipeline.get(session)).state === 'stopped');
  });
});

describe.concurrent('a cleanup', { timeout: TIMEOUT }, () => {
  it('removes key, plaintext and files by itself, however often a part of it fails', async () => {
    const session = await recorded(3);
    await pipeline.stop(session);
    await pipeline.reaches(session, 'completed');
    world.services.storage.fail('deleteSessionFiles', { sessionId: session, times: 2 });
    expect((await post(session, 'cleanup')).json()).toMatchObject({
      state: 'cleanup',
      session_status: 'deleted',
    });
    await eventually('it is destroyed', async () => (await pipeline.get(session)).state === 'destroyed');
    const { keyIsShredded, recording, stored, manifests } = world.of(session);
    expect([keyIsShredded, recording, stored, manifests.length]).toEqual([true, undefined, [], 1]);
    expect((await post(session, 'cleanup')).statusCode).toBe(200);
  });
});

describe('over HTTP', { timeout: TIMEOUT }, () => {
  it('a pipeline can be made known without being started', async () => {
    const body = { session_id: randomUUID(), ...startBody() };
    const create = () => pipeline.call('POST', '/api/v1/pipelines', body);
    expect([(await create()).statusCode, (await create()).statusCode]).toEqual([201, 200]);
    expect(await pipeline.get(body.session_id)).toMatchObject({ state: 'created', progress: 0 });
    expect((await pipeline.call('POST', path(body.session_id, '/start'), startBody())).statusCode).toBe(200);
    await pipeline.reaches(body.session_id, 'recording');
  });

  const LEGAL: Record<string, readonly (typeof PIPELINE_STATES)[number][]> = {
    start: ['created'],
    pause: ['active'],
    resume: ['paused'],
    stop: ['starting', 'active', 'pausing', 'paused'],
    recover: ['stopped', 'error'],
    cleanup: ['stopped', 'error'],
    destroy: ['created', 'stopped', 'error'],
  };
  /** The same call again, which has led there before: answered, not done twice. */
  const REPEATS: Record<string, readonly (typeof PIPELINE_STATES)[number][]> = {
    start: ['starting', 'active'],
    pause: ['pausing', 'paused'],
    stop: ['stopping', 'stopped'],
    cleanup: ['cleanup', 'destroyed'],
    destroy: ['destroyed'],
  };
  const STATES = [
    ...(['created', 'starting', 'active', 'pausing', 'paused'] as const),
    ...(['stopping', 'stopped', 'error', 'cleanup', 'destroyed'] as const),
  ];
  const illegal = Object.keys(LEGAL).flatMap((verb) =>
    STATES.filter((state) => !LEGAL[verb]?.includes(state) && !REPEATS[verb]?.includes(state)).map(
      (state) => [verb, state] as const,
    ),
  );

  it.each(illegal)('%s is 409 with 7005 when it is %s, and changes nothing', async (verb, state) => {
    const session = randomUUID();
    await pipeline.call('POST', '/api/v1/pipelines', { session_id: session, ...startBody() });
    await client
      .db()
      .collection<{ _id: string }>('pipelines')
      .updateOne({ _id: session }, { $set: { state } });
    const answer =
      verb === 'destroy'
        ? await pipeline.call('DELETE', path(session))
        : await pipeline.call('POST', path(session, `/${verb}`), verb === 'start' ? startBody() : undefined);
    expect([answer.statusCode, answer.json().error?.code]).toEqual([409, 'LUCID_ERR_7005']);
    expect((await pipeline.get(session)).state).toBe(state);
  });
});
