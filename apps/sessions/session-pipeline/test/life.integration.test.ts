import { randomUUID } from 'node:crypto';
import { type Manifest, verifyManifest } from '@lucid/manifest';
import { eventually } from '@lucid/testing';
import { describe, expect, it } from 'vitest';
import { ownerReference } from '../src/domain/owner-reference.ts';
import { LATER, NOW, refusals } from './support/facts.ts';
import { path, signingKey, startBody } from './support/pipeline.ts';
import { pipelineInWorld } from './support/pipeline-in-world.ts';

const { world, pipeline, recorded } = pipelineInWorld('life');

const TIMEOUT = 30_000;

describe.concurrent('a session', { timeout: TIMEOUT }, () => {
  it('is driven from its first byte to its anchor, with one manifest that holds', async () => {
    const session = randomUUID();
    const owner_id = randomUUID();
    const started = await pipeline.call('POST', path(session, '/start'), startBody({ owner_id }));
    expect(started.json()).toMatchObject({ state: 'active', session_status: 'recording', owner_id });
    expect(world.of(session).sealedWith).toEqual(world.of(session).sealingKey);
    world.record(session, 3);
    await pipeline.stop(session);
    const done = await pipeline.reaches(session, 'completed');
    const facts = world.of(session);
    expect(facts.manifests).toHaveLength(1);
    const [signed] = facts.manifests;
    expect(verifyManifest(signed, { trustedKeys: [signingKey.publicKey] })).toMatchObject({ ok: true });
    const manifest = signed?.manifest as Manifest;
    expect(manifest).toMatchObject({
      manifest_id: done.manifest_id,
      merkle_root: done.merkle_root,
      owner_ref: ownerReference(owner_id, session),
      encryption: { algorithm: 'HPKE-X25519-SHA256-AES256GCM', key_id: facts.keyId },
      compression: { algorithm: 'zstd', level: 3 },
      started_at: NOW,
      ended_at: LATER,
      chunk_count: 3,
    });
    expect(facts.anchoring).toMatchObject({ manifest_hash: signed?.manifest_hash, user_id: owner_id });
    expect(done.stages.every((stage) => stage.status === 'completed' && stage.progress === 100)).toBe(true);
    const last = await eventually('finality is reported', () =>
      facts.progress.find(({ anchoring_status }) => anchoring_status === 'finalized'),
    );
    expect(last).toMatchObject({ status: 'completed', anchor: { block_height: 7 } });
    const versions = facts.progress.map(({ version }) => version);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  });

  it('goes through its statuses in order as session-api sees them', async () => {
    const session = await recorded(3);
    await pipeline.stop(session);
    await pipeline.reaches(session, 'completed');
    await eventually('completion is reported', () => world.of(session).statuses.includes('completed'));
    const order = ['starting', 'recording', 'stopped', 'processing', 'completed'];
    const seen = world.of(session).statuses.map((status) => order.indexOf(status));
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  it('waits for the recorder to have sealed the last chunk, however often it says not yet', async () => {
    const session = await recorded(2);
    const recording = world.recordingOf(session);
    recording.status = 'stopping';
    recording.chunks_sealed = 1;
    await pipeline.stop(session);
    expect((await pipeline.get(session)).session_status).toBe('stopped');
    Object.assign(recording, { status: 'stopped', chunks_sealed: 2, stopped_at: LATER });
    await pipeline.reaches(session, 'completed');
    expect(world.of(session).manifests[0]?.manifest).toMatchObject({ chunk_count: 2 });
  });

  it('of more chunks than one page of storage holds is anchored whole', async () => {
    const session = await recorded(2500);
    await pipeline.stop(session);
    await pipeline.reaches(session, 'completed');
    expect(world.of(session).anchoring).toMatchObject({ chunk_count: 2500 });
  });
});

describe.concurrent('a session fails, and says why,', { timeout: TIMEOUT }, () => {
  const failsWith = async (session: string, reason: string | RegExp) => {
    await pipeline.stop(session);
    const failed = await pipeline.reaches(session, 'failed');
    expect(failed).toMatchObject({ state: 'error', error: expect.stringMatching(reason) });
    const told = await eventually('the failure is reported', () =>
      world.of(session).progress.find(({ status }) => status === 'failed'),
    );
    expect(told.error).toBe(failed.error);
    expect(world.of(session).manifests).toEqual([]);
  };

  it('when nothing was recorded', async () => {
    const session = randomUUID();
    await pipeline.start(session);
    await failsWith(session, 'Nothing was recorded.');
  });

  it('when a chunk is quarantined', async () => {
    const session = await recorded(3);
    Object.assign(world.recordingOf(session), { chunks_quarantined: 1, chunks_stored: 2 });
    await failsWith(session, 'A chunk could not be processed.');
  });

  it.each([
    ['in the middle', [1, 3]],
    ['at the beginning', [2, 3]],
    ['at the end', [1, 2]],
  ])('when storage has a gap %s', async (_where, left) => {
    const session = await recorded(3);
    const facts = world.of(session);
    facts.stored = facts.stored.filter(({ sequence_number }) => left.includes(sequence_number));
    await failsWith(session, 'The stored chunks have a gap.');
  });

  it('when the recorder fails while bytes arrive, without being stopped, however long its reason', async () => {
    const session = await recorded(3);
    Object.assign(world.recordingOf(session), { status: 'failed', error: 'disk full '.repeat(200) });
    const failed = await pipeline.reaches(session, 'failed');
    expect(failed.error).toHaveLength(1000);
    await eventually('the failure is reported', () => world.of(session).statuses.includes('failed'));
  });

  it('when the recorder has lost the session', async () => {
    const session = await recorded(3);
    world.of(session).recording = undefined;
    await pipeline.reaches(session, 'failed');
  });

  it('when the engine computes another root', async () => {
    const session = await recorded(3);
    world.of(session).otherRoot = 'f'.repeat(64);
    await failsWith(session, 'The Merkle roots do not agree.');
  });

  it('when the engine keeps a tree over other chunks', async () => {
    const session = await recorded(3);
    world.services.engine.fail('buildMerkleTree', { sessionId: session }, refusals.TREE_CONFLICT);
    await failsWith(session, 'The Merkle roots do not agree.');
  });

  it('when the chunks are others after the root was built', async () => {
    const session = await recorded(3);
    const other = world.of(session).stored;
    world.services.storage.onCall = (endpoint, sessionId) => {
      if (endpoint === 'getManifest' && sessionId === session)
        world.of(session).stored = other.map((chunk) => ({ ...chunk, chunk_hash: 'f'.repeat(64) }));
    };
    await pipeline.stop(session);
    expect((await pipeline.reaches(session, 'failed')).error).toBe('The Merkle roots do not agree.');
  });

  it('when anchoring gives up or refuses', async () => {
    const [given, refused, invalid] = [await recorded(3), await recorded(3), await recorded(3)];
    world.services.anchoring.fail('anchorSession', { sessionId: refused }, refusals.MANIFEST_CONFLICT);
    world.services.anchoring.fail('anchorSession', { sessionId: invalid }, refusals.ANCHORING_INVALID);
    world.services.anchoring.onCall = (endpoint, sessionId) => {
      const { anchoring } = world.of(sessionId ?? '');
      if (endpoint === 'getAnchoring' && sessionId === given && anchoring)
        Object.assign(anchoring, { status: 'failed', error: 'no block took it' });
    };
    await Promise.all([given, refused, invalid].map((session) => pipeline.stop(session)));
    expect((await pipeline.reaches(given, 'failed')).error).toBe('no block took it');
    expect((await pipeline.reaches(refused, 'failed')).error).toBe('Another one.');
    expect((await pipeline.reaches(invalid, 'failed')).error).toBe('Never.');
  });
});
