import { randomUUID } from 'node:crypto';
import { ZERO_HASH } from '@lucid/ledger';
import { merkleRoot } from '@lucid/merkle';
import { eventually } from '@lucid/testing';
import { describe, expect, it } from 'vitest';
import { refusals } from './support/facts.ts';
import { path } from './support/pipeline.ts';
import { pipelineInWorld } from './support/pipeline-in-world.ts';

const { world, pipeline, recorded } = pipelineInWorld('live', { LIVE_ANCHOR_SECONDS: '1' });

const covers = (session: string, chunks: number) =>
  eventually(
    `a checkpoint covers ${chunks} chunks`,
    () => world.of(session).checkpoints.find(({ chunk_count }) => chunk_count === chunks),
    { timeoutMs: 20_000 },
  );

describe.concurrent('while a session is recorded', { timeout: 60_000 }, () => {
  it('the chain hears of it at once, and then of everything that is stored, with the right root', async () => {
    const session = await recorded();
    expect(await covers(session, 0)).toMatchObject({ sequence: 1, merkle_root: ZERO_HASH, total_size: 0 });
    for (const chunks of [2, 5]) {
      world.record(session, chunks);
      const { stored } = world.of(session);
      expect(await covers(session, chunks)).toMatchObject({
        merkle_root: merkleRoot(stored.map(({ chunk_hash }) => chunk_hash)),
        total_size: stored.reduce((sum, { size_bytes }) => sum + size_bytes, 0),
      });
    }
    await eventually('it shows', async () => (await pipeline.get(session)).live_anchoring?.sequence === 3);
  });

  it('nothing is told twice while nothing more is stored, and nothing after a gap until it is filled', async () => {
    const session = await recorded();
    world.record(session, 4);
    const facts = world.of(session);
    const missing = facts.stored[1];
    facts.stored = facts.stored.filter((chunk) => chunk !== missing);
    await covers(session, 1);
    const looks = world.services.storage.callsOf('listStoredChunks', session);
    await eventually(
      'it has looked three times more',
      () => world.services.storage.callsOf('listStoredChunks', session) >= looks + 3,
      { timeoutMs: 20_000 },
    );
    expect(facts.checkpoints.at(-1)?.chunk_count).toBe(1);
    expect(facts.checkpoints.length).toBeLessThanOrEqual(2);
    world.record(session, 4);
    await covers(session, 4);
  });

  it('what is stored already is not read again', async () => {
    const session = await recorded();
    world.record(session, 2500);
    await covers(session, 2500);
    const { listedAfter } = world.of(session);
    const looks = listedAfter.length;
    world.record(session, 2501);
    await covers(session, 2501);
    expect(Math.min(...listedAfter.slice(looks))).toBeGreaterThanOrEqual(2500);
  });

  it('a pause does not keep what was stored meanwhile from the chain', async () => {
    const session = await recorded();
    await pipeline.call('POST', path(session, '/pause'));
    world.record(session, 3);
    world.recordingOf(session).status = 'paused';
    await covers(session, 3);
  });

  it.each([
    ['fails', () => refusals.STILL_RECORDING()],
    ['is against it', () => refusals.CHECKPOINT_CONFLICT()],
  ])(
    'anchoring that %s does not hold the recording up, and hears the newest when it is back',
    async (_what, error) => {
      const session = randomUUID();
      const back = world.services.anchoring.fail('putCheckpoint', { sessionId: session }, error);
      await pipeline.start(session);
      for (const chunks of [1, 2, 3]) world.record(session, chunks);
      await eventually(
        'it was tried twice',
        () => world.services.anchoring.callsOf('putCheckpoint', session) >= 2,
        { timeoutMs: 20_000 },
      );
      const now = await pipeline.get(session);
      expect(now).toMatchObject({ state: 'active', live_anchoring: { error: expect.any(String) } });
      expect(now.stages[0]).toMatchObject({ status: 'active', retry_count: 0 });
      back();
      await covers(session, 3);
      expect(world.of(session).checkpoints.map(({ chunk_count }) => chunk_count)).toEqual([0, 3]);
      await eventually('no error shows', async () => !(await pipeline.get(session)).live_anchoring?.error);
      await pipeline.stop(session);
      await pipeline.reaches(session, 'completed');
    },
  );

  it('an anchoring that hangs does not keep a stop from being done', async () => {
    const session = await recorded();
    await covers(session, 0);
    const release = world.services.anchoring.hang('putCheckpoint', { sessionId: session });
    world.record(session, 1);
    await eventually(
      'a checkpoint hangs',
      () => world.services.anchoring.callsOf('putCheckpoint', session) >= 2,
    );
    await pipeline.stop(session);
    await pipeline.reaches(session, 'completed', 30_000);
    release();
  });
});

it('no checkpoint is written when they are turned off, and again when they are turned on', {
  timeout: 60_000,
}, async () => {
  const put = (live_anchor_seconds: number) =>
    pipeline.call('PUT', '/api/v1/config', { live_anchor_seconds, max_retries: 3 });
  expect((await put(0)).json()).toEqual({ live_anchor_seconds: 0, max_retries: 3 });
  const session = await recorded();
  world.record(session, 1);
  const looks = world.services.recorder.callsOf('getRecording', session);
  await eventually(
    'it is watched',
    () => world.services.recorder.callsOf('getRecording', session) >= looks + 3,
    { timeoutMs: 20_000 },
  );
  expect(world.of(session).checkpoints).toEqual([]);
  await put(1);
  await covers(session, 1);
  expect((await pipeline.call('GET', '/api/v1/config')).json()).toMatchObject({ live_anchor_seconds: 1 });
  expect((await put(-1)).statusCode).toBe(400);
});
