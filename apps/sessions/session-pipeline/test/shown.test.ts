import { createHash } from 'node:crypto';
import { PIPELINE_STAGES, Pipeline } from '@lucid/contracts';
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { ownerReference } from '../src/domain/owner-reference.ts';
import { newPipeline, type PipelineDocument, toPipeline } from '../src/domain/pipeline-document.ts';
import { recoveryOf } from '../src/domain/recover.ts';
import {
  completeStage,
  currentStage,
  failedStage,
  initialStages,
  overallProgress,
  type StageName,
  timedStages,
  toStage,
  withStage,
} from '../src/domain/stages.ts';

const NOW = '2026-01-01T00:00:00.000Z';
const NOW_MS = Date.parse(NOW);
const SESSION = '7b3cbb4e-6f06-4b1b-9a53-6f3d1df5a001';
const OWNER = '7b3cbb4e-6f06-4b1b-9a53-6f3d1df5a002';
const config = { chunk_size_bytes: 1, max_size_bytes: 1, compression_enabled: true };
const created = newPipeline(SESSION, OWNER, config, NOW);
const look = { nowMs: NOW_MS, maxRetries: 3 };
const completed = (...names: readonly StageName[]) =>
  names.reduce<PipelineDocument['stages']>(completeStage, initialStages());

describe('what is shown of a pipeline', () => {
  const statistics = { size_bytes: 9, chunks_count: 4, chunks_stored: 3, stored_bytes: 6 };
  const itemsOf = (over: Partial<PipelineDocument>) =>
    toPipeline({ ...created, statistics, ...over }, look).stages.map(
      ({ metrics }) => metrics.items_processed,
    );

  it('is what the contract says, new and grown, and nothing of what drives it', () => {
    const told = { sequence: 2, chunk_count: 3, recorded_at: NOW };
    const grown: PipelineDocument = {
      ...{ ...created, statistics, state: 'error', merkle_root: 'ab'.repeat(32), error: 'broken' },
      live: { ...created.live, told, error: 'slow' },
    };
    for (const document of [created, grown]) {
      const shown = toPipeline(document, look);
      expect([...Value.Errors(Pipeline, shown)]).toEqual([]);
      for (const hidden of ['_id', 'lease', 'due_at_ms', 'config', 'live', 'failures'])
        expect(shown).not.toHaveProperty(hidden);
    }
    expect(toPipeline(created, look).live_anchoring).toEqual({ sequence: 0, chunk_count: 0 });
    expect(toPipeline(grown, look)).toMatchObject({
      ...{ session_id: SESSION, session_status: 'failed', error: 'broken', merkle_root: 'ab'.repeat(32) },
      live_anchoring: { ...told, error: 'slow' },
    });
  });

  it('counts chunks where chunks are worked through, and documents where one is made', () => {
    expect([...PIPELINE_STAGES]).toEqual(['recording', 'storage', 'merkle_build', 'manifest', 'anchoring']);
    expect(itemsOf({})).toEqual([4, 3, 0, 0, 0]);
    expect(itemsOf({ stages: completed(...PIPELINE_STAGES) })).toEqual([4, 3, 4, 1, 1]);
    const live = { ...created.live, told: { sequence: 2, chunk_count: 3, recorded_at: NOW } };
    expect(itemsOf({ live })).toEqual([4, 3, 0, 0, 2]);
    expect(itemsOf({ live, stages: completed(...PIPELINE_STAGES) })).toEqual([4, 3, 4, 1, 3]);
  });

  it('says how the session stands by its stages, and that a recovered one records no more', () => {
    const statusOf = (over: Partial<PipelineDocument>) =>
      toPipeline({ ...created, ...over }, look).session_status;
    expect(statusOf({ state: 'stopping' })).toBe('stopped');
    expect(statusOf({ state: 'stopping', stages: completed('recording') })).toBe('processing');
    expect(statusOf({ state: 'active', recoveries: 1 })).toBe('processing');
    expect(statusOf({ state: 'stopping', stages: completed(...PIPELINE_STAGES) })).toBe('completed');
  });
});

describe('a stage', () => {
  it('notes when it began and ended, once', () => {
    const begun = timedStages(withStage(initialStages(), 'recording', { status: 'active' }), 5);
    const later = timedStages(completeStage(begun, 'recording'), 9);
    const [recording, storage] = timedStages(later, 50);
    expect(recording).toMatchObject({ started_at_ms: 5, ended_at_ms: 9 });
    expect(storage).not.toHaveProperty('started_at_ms');
    const [atOnce] = timedStages(completed('recording'), 7);
    expect(atOnce).toMatchObject({ started_at_ms: 7, ended_at_ms: 7 });
  });

  it('is as fast as what it has worked through in the time it had, still running or over', () => {
    const [stage] = initialStages();
    if (!stage) throw new Error('there are five');
    const metricsOf = (over: object, items: number) =>
      toStage({ ...stage, ...over }, { items, nowMs: 3000, maxRetries: 3 }).metrics;
    expect(metricsOf({}, 5)).toMatchObject({ processing_time_ms: 0, throughput_per_second: 0 });
    expect(metricsOf({ started_at_ms: 0 }, 1)).toMatchObject({
      ...{ processing_time_ms: 3000, throughput_per_second: 0.333 },
    });
    expect(metricsOf({ started_at_ms: 0, ended_at_ms: 500 }, 5)).toMatchObject({ throughput_per_second: 10 });
    expect(metricsOf({ started_at_ms: 4000 }, 5)).toMatchObject({ processing_time_ms: 0 });
  });

  it('counts the same as every other, so that progress is 100 when all are completed and never before', () => {
    fc.assert(
      fc.property(fc.subarray([...PIPELINE_STAGES]), (names) => {
        const progress = overallProgress(completed(...names));
        expect(progress).toBe(20 * names.length);
        const open = PIPELINE_STAGES.find((name) => !names.includes(name));
        expect(currentStage(completed(...names))).toBe(open);
      }),
    );
    expect(overallProgress([])).toBe(0);
  });
});

describe('what is recovered', () => {
  const broken = (name: StageName): PipelineDocument => {
    const before = PIPELINE_STAGES.slice(0, PIPELINE_STAGES.indexOf(name));
    const stages = failedStage(completed(...before), name, { message: 'away', isRetried: false });
    return { ...created, state: 'error', stages, failures: 3, gaps: 1, failing_since_ms: 1, error: 'away' };
  };

  it('forgets its failure and takes up the stage in which it happened', () => {
    const recovery = recoveryOf(broken('storage'));
    expect(recovery).toMatchObject({ recoveries: 1, failures: 0, gaps: 0 });
    expect({ ...broken('storage'), ...recovery }).toMatchObject({
      error: undefined,
      failing_since_ms: undefined,
    });
    const stage = recovery.stages.find(({ stage_name }) => stage_name === 'storage');
    expect(stage).toMatchObject({ status: 'active', errors_count: 1 });
    expect(stage).not.toHaveProperty('error_message');
  });

  it('asks for its anchor again only where that was given up', () => {
    expect(recoveryOf(broken('anchoring'))).toMatchObject({ anchor_again: true });
    expect(recoveryOf(broken('manifest'))).not.toHaveProperty('anchor_again');
    expect(recoveryOf({ ...broken('anchoring'), state: 'stopped' })).not.toHaveProperty('anchor_again');
  });
});

it('an owner has another reference in every session, which whoever knows both ids can recompute', () => {
  const expected = createHash('sha256').update(`lucid-owner|${OWNER}|${SESSION}`).digest('hex');
  expect(ownerReference(OWNER, SESSION)).toBe(expected);
  expect(ownerReference(OWNER, OWNER)).not.toBe(expected);
});
