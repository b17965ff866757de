import { eventually } from '@lucid/testing';
import { describe, expect, it } from 'vitest';
import { path } from './support/pipeline.ts';
import { pipelineInWorld } from './support/pipeline-in-world.ts';

const { world, pipeline, recorded } = pipelineInWorld('pause');

const post = (session: string, verb: string) => pipeline.call('POST', path(session, `/${verb}`));

describe.concurrent('a pause', { timeout: 40_000 }, () => {
  it('goes through to the recorder, shows in the stage, and ends with a resume', async () => {
    const session = await recorded();
    const paused = (await post(session, 'pause')).json();
    expect(paused).toMatchObject({ state: 'paused', session_status: 'paused' });
    expect(paused.stages[0]).toMatchObject({ stage_name: 'recording', status: 'paused' });
    expect(world.recordingOf(session).status).toBe('paused');
    const resumed = (await post(session, 'resume')).json();
    expect(resumed).toMatchObject({ state: 'active', session_status: 'recording' });
    await eventually(
      'the recorder takes bytes again',
      () => world.recordingOf(session).status === 'recording',
    );
    expect((await pipeline.get(session)).stages[0]).toMatchObject({ status: 'active' });
    world.record(session, 2);
    await pipeline.stop(session);
    await pipeline.reaches(session, 'completed');
    await eventually('completion is reported', () => world.of(session).statuses.includes('completed'));
    const changes = world.of(session).statuses.filter((status, index, all) => status !== all[index - 1]);
    expect(changes.slice(changes.indexOf('paused'), changes.indexOf('paused') + 2)).toEqual([
      'paused',
      'recording',
    ]);
  });

  it('asked for twice is one, and so is a resume; a resume of what never paused is refused', async () => {
    const session = await recorded();
    expect((await post(session, 'resume')).statusCode).toBe(409);
    expect([await post(session, 'pause'), await post(session, 'pause')].map((a) => a.statusCode)).toEqual([
      200, 200,
    ]);
    expect([await post(session, 'resume'), await post(session, 'resume')].map((a) => a.statusCode)).toEqual([
      200, 200,
    ]);
  });

  it('waits for a recorder that is away, and can be ended by a stop', async () => {
    const session = await recorded();
    world.record(session, 1);
    const back = world.services.recorder.fail('pauseRecording', { sessionId: session });
    expect((await post(session, 'pause')).json()).toMatchObject({ state: 'pausing' });
    expect((await post(session, 'resume')).statusCode).toBe(409);
    await pipeline.stop(session);
    back();
    await pipeline.reaches(session, 'completed');
  });

  it('of a recorder that forgot it is told again', async () => {
    const session = await recorded();
    await post(session, 'pause');
    world.recordingOf(session).status = 'recording';
    await eventually('it is paused again', () => world.recordingOf(session).status === 'paused');
  });

  it('ends with the recording when the recorder gives up', async () => {
    const session = await recorded();
    await post(session, 'pause');
    Object.assign(world.recordingOf(session), { status: 'failed', error: 'disk full' });
    expect((await pipeline.reaches(session, 'failed')).error).toBe('disk full');
  });
});

describe.concurrent('a recording that reached a limit', { timeout: 40_000 }, () => {
  it.each(['recording', 'paused'] as const)('while %s is stopped by itself, and completed', async (from) => {
    const session = await recorded();
    world.record(session, 2);
    if (from === 'paused') await post(session, 'pause');
    Object.assign(world.recordingOf(session), {
      status: 'stopped',
      stop_reason: 'max_duration',
      stopped_at: '2026-01-01T01:00:00.000Z',
    });
    const done = await pipeline.reaches(session, 'completed');
    expect(done.progress).toBe(100);
    expect(world.of(session).manifests).toHaveLength(1);
  });
});
