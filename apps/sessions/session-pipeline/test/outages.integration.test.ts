import { randomUUID } from 'node:crypto';
import { eventually } from '@lucid/testing';
import { describe, expect, it } from 'vitest';
import { refusals } from './support/facts.ts';
import { pipelineInWorld } from './support/pipeline-in-world.ts';

const { world, pipeline } = pipelineInWorld('outages');

const FAILURES = 2;

describe.concurrent('a session reaches its end', { timeout: 40_000 }, () => {
  const completes = async (session: string) => {
    await pipeline.start(session);
    await pipeline.reaches(session, 'recording');
    world.record(session, 2);
    await pipeline.stop(session);
    const done = await pipeline.reaches(session, 'completed');
    expect(world.of(session).manifests).toHaveLength(1);
    expect(done.stages.some((stage) => stage.error_message !== undefined)).toBe(false);
    return done;
  };

  it.each([
    ['keys', 'createKey'],
    ['recorder', 'startRecording'],
    ['recorder', 'stopRecording'],
    ['recorder', 'getRecording'],
    ['storage', 'listStoredChunks'],
    ['storage', 'putManifest'],
    ['storage', 'getManifest'],
    ['engine', 'buildMerkleTree'],
    ['anchoring', 'anchorSession'],
    ['anchoring', 'getAnchoring'],
    ['api', 'putProgress'],
  ] as const)(`although the %s fails ${FAILURES} times at %s`, async (service, endpoint) => {
    const session = randomUUID();
    const pretended = world.services[service] as { fail(name: string, which: object): void };
    pretended.fail(endpoint, { sessionId: session, times: FAILURES });
    await completes(session);
    await eventually('completion is reported', () => world.of(session).statuses.includes('completed'));
  });

  it.each([
    ['refuses this service', () => refusals.STILL_RECORDING()],
    [
      'refuses with a 422 of its own',
      () => Object.assign(refusals.STILL_RECORDING(), { status: 422, code: 6301 }),
    ],
  ])('although the engine %s for a while', async (_what, error) => {
    const session = randomUUID();
    world.services.engine.fail('buildMerkleTree', { sessionId: session, times: 2 }, error);
    await completes(session);
  });

  it('although the answer to the manifest is lost, with the manifest that was stored', async () => {
    const session = randomUUID();
    const release = world.services.storage.hang('putManifest', { sessionId: session, times: 1 }, 'late');
    const completing = completes(session);
    await eventually('the manifest is stored', () => world.of(session).manifests.length);
    release();
    const done = await completing;
    expect(world.of(session).manifests[0]?.manifest.manifest_id).toBe(done.manifest_id);
  });

  it('although session-api is away the whole time, which is told everything when it is back', async () => {
    const session = randomUUID();
    const back = world.services.api.fail('putProgress', { sessionId: session }, () =>
      refusals.STILL_RECORDING(),
    );
    await completes(session);
    expect(world.of(session).progress).toEqual([]);
    back();
    const told = await eventually('the end is reported', () => world.of(session).progress.at(-1));
    expect(told).toMatchObject({
      status: 'completed',
      manifest_id: expect.any(String),
      merkle_root: expect.any(String),
    });
  });

  it('once, however late a report is: no version is told twice in another order', async () => {
    const session = randomUUID();
    world.services.api.fail('putProgress', { sessionId: session, times: 3 }, () =>
      refusals.STILL_RECORDING(),
    );
    await completes(session);
    await eventually('finality is reported', () =>
      world.of(session).progress.some(({ anchoring_status }) => anchoring_status === 'finalized'),
    );
    const versions = world.of(session).progress.map(({ version }) => version);
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  });
});

it('a completed session stays untouched while its finality cannot be learnt', {
  timeout: 30_000,
}, async () => {
  const session = randomUUID();
  world.of(session).looksUntilFinal = 2;
  await pipeline.start(session);
  world.record(session, 1);
  await pipeline.stop(session);
  await eventually('it is confirmed', () => world.of(session).anchoring?.status === 'confirmed');
  const before = await pipeline.reaches(session, 'completed');
  const calls = world.services.anchoring.callsOf('getAnchoring', session);
  world.services.anchoring.fail('getAnchoring', { sessionId: session, times: 1 }, refusals.NOT_ANCHORED);
  await eventually(
    'it was asked again',
    () => world.services.anchoring.callsOf('getAnchoring', session) > calls,
  );
  expect((await pipeline.get(session)).stages).toEqual(before.stages);
  await eventually('it is final', async () => (await pipeline.get(session)).anchoring_status === 'finalized');
});
