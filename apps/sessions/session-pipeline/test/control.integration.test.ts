import { randomUUID } from 'node:crypto';
import { eventually } from '@lucid/testing';
import { describe, expect, it } from 'vitest';
import { path, startBody } from './support/pipeline.ts';
import { pipelineInWorld } from './support/pipeline-in-world.ts';

const { world, pipeline } = pipelineInWorld('control');

const codeOf = (answer: { statusCode: number; body: string }) => [
  answer.statusCode,
  answer.statusCode < 400 ? undefined : JSON.parse(answer.body).error.code,
];
const ILLEGAL = [409, 'LUCID_ERR_7005'];
const UNKNOWN = [404, 'LUCID_ERR_7006'];
const start = (session: string) => pipeline.call('POST', path(session, '/start'), startBody());
const stop = (session: string) => pipeline.call('POST', path(session, '/stop'));
const destroy = (session: string) => pipeline.call('DELETE', path(session));

describe.concurrent('starting', { timeout: 30_000 }, () => {
  it('twice at once finds one recorder, and both are answered', async () => {
    const session = randomUUID();
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => start(session)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200, 200]);
    await pipeline.reaches(session, 'recording');
    expect(world.services.recorder.callsOf('startRecording', session)).toBe(1);
  });

  it('goes on by itself when the recorder has no room for now', async () => {
    const session = randomUUID();
    world.services.recorder.fail('startRecording', { sessionId: session, times: 2 });
    expect((await start(session)).json()).toMatchObject({ state: 'starting', session_status: 'starting' });
    const recording = await pipeline.reaches(session, 'recording');
    expect(recording.stages[0]).toMatchObject({
      stage_name: 'recording',
      status: 'active',
      progress: 0,
      retry_count: 2,
      metrics: { errors_count: 2 },
    });
  });

  it('answers after a few seconds although an upstream hangs, and goes on behind', async () => {
    const session = randomUUID();
    const release = world.services.keys.hang('createKey', { sessionId: session });
    expect((await start(session)).json()).toMatchObject({ session_status: 'starting' });
    release();
    await pipeline.reaches(session, 'recording');
  });
});

describe.concurrent('stopping', { timeout: 30_000 }, () => {
  it('while starting ends in a reason, not in limbo, and no recorder waits for bytes', async () => {
    const session = randomUUID();
    const release = world.services.recorder.hang('startRecording', { sessionId: session }, 'late');
    const starting = start(session);
    await eventually('a recorder was asked', () =>
      world.services.recorder.callsOf('startRecording', session),
    );
    expect((await stop(session)).json()).toMatchObject({ state: 'stopping' });
    release();
    await starting;
    expect((await pipeline.reaches(session, 'failed')).error).toBe('Nothing was recorded.');
    expect(world.recordingOf(session).status).toBe('stopped');
  });

  it('while starting keeps bytes that came in all the same, and signs the right key', async () => {
    const session = randomUUID();
    const release = world.services.recorder.hang('startRecording', { sessionId: session }, 'late');
    const starting = start(session);
    await eventually('a recorder has it', () => world.of(session).recording);
    world.record(session, 1);
    await stop(session);
    release();
    await starting;
    await pipeline.reaches(session, 'completed');
    expect(world.of(session).manifests[0]?.manifest.encryption.key_id).toBe(world.of(session).keyId);
  });

  it('before a recorder was ever found ends as nothing recorded', async () => {
    const session = randomUUID();
    const end = world.services.keys.fail('createKey', { sessionId: session });
    await start(session);
    await stop(session);
    expect((await pipeline.reaches(session, 'failed')).error).toBe('Nothing was recorded.');
    end();
  });

  it('many times at once is one stop', async () => {
    const session = randomUUID();
    await start(session);
    world.record(session, 2);
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => stop(session)));
    expect(answers.map(codeOf)).toEqual(answers.map(() => [200, undefined]));
    await pipeline.reaches(session, 'completed');
    expect(codeOf(await stop(session))).toEqual([200, undefined]);
    expect(world.of(session).manifests).toHaveLength(1);
  });
});

describe.concurrent('deleting', { timeout: 30_000 }, () => {
  const completed = async (): Promise<string> => {
    const session = randomUUID();
    await start(session);
    world.record(session, 1);
    await stop(session);
    await pipeline.reaches(session, 'completed');
    return session;
  };

  it('removes key, plaintext and files, keeps the manifest, and can be repeated', async () => {
    const session = await completed();
    expect([await destroy(session), await destroy(session)].map(codeOf)).toEqual([
      [204, undefined],
      [204, undefined],
    ]);
    const facts = world.of(session);
    expect([facts.keyIsShredded, facts.recording, facts.stored]).toEqual([true, undefined, []]);
    expect(facts.manifests).toHaveLength(1);
    await eventually('the end is reported', () => facts.statuses.at(-1) === 'deleted');
  });

  it('stops a recorder that still takes bytes of a session that failed', async () => {
    const session = randomUUID();
    await start(session);
    world.record(session, 2);
    Object.assign(world.recordingOf(session), { status: 'failed', error: 'disk' });
    await pipeline.reaches(session, 'failed');
    Object.assign(world.recordingOf(session), { status: 'recording' });
    expect(codeOf(await destroy(session))).toEqual([204, undefined]);
    expect(world.of(session).recording).toBeUndefined();
  });

  it('that failed half-way is finished by a repeat, and nothing can be started in between', async () => {
    const session = await completed();
    world.services.storage.fail('deleteSessionFiles', { sessionId: session, times: 1 });
    expect((await destroy(session)).statusCode).toBe(502);
    expect(codeOf(await start(session))).toEqual(ILLEGAL);
    expect((await destroy(session)).statusCode).toBe(204);
    expect(world.of(session).stored).toEqual([]);
  });
});

describe.concurrent('what the state does not allow', { timeout: 30_000 }, () => {
  it('is 409 with 7005', async () => {
    const session = randomUUID();
    await start(session);
    expect(codeOf(await destroy(session))).toEqual(ILLEGAL);
    await stop(session);
    await pipeline.reaches(session, 'failed');
    expect(codeOf(await stop(session))).toEqual(ILLEGAL);
    expect(codeOf(await start(session))).toEqual(ILLEGAL);
    await destroy(session);
    expect(codeOf(await stop(session))).toEqual(ILLEGAL);
  });

  it('is 404 with 7006 for what was never started', async () => {
    const session = randomUUID();
    for (const answer of [
      await stop(session),
      await destroy(session),
      await pipeline.call('GET', path(session)),
    ])
      expect(codeOf(answer)).toEqual(UNKNOWN);
  });
});
