import { PIPELINE_STATES } from '@lucid/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '../src/domain/backoff.ts';
import { isAtRest, newPipeline } from '../src/domain/pipeline-document.ts';
import {
  nextState,
  type PipelineEvent,
  type PipelineState,
  sessionStatusOf,
  statesAllowing,
} from '../src/domain/pipeline-state.ts';
import { completeStage, currentStage, initialStages, retriedStage } from '../src/domain/stages.ts';

const EVENTS: readonly PipelineEvent[] = ['start', 'ready', 'stop', 'done', 'fail', 'destroy'];

describe('the pipeline’s states', () => {
  it('lead from creation to completion', () => {
    const path: PipelineState[] = ['created'];
    for (const event of ['start', 'ready', 'stop', 'done', 'destroy'] as const)
      path.push(nextState(path.at(-1) ?? 'created', event));
    expect(path).toEqual(['created', 'starting', 'active', 'stopping', 'stopped', 'destroyed']);
    expect(path.map((state) => sessionStatusOf(state, true))).toEqual([
      'created',
      'starting',
      'recording',
      'processing',
      'completed',
      'deleted',
    ]);
  });

  it('refuse with 409 every event that is not drawn, whatever the history', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PIPELINE_STATES), fc.constantFrom(...EVENTS), (state, event) => {
        const isAllowed = statesAllowing(event).includes(state);
        if (isAllowed) expect(PIPELINE_STATES).toContain(nextState(state, event));
        else
          expect(() => nextState(state, event)).toThrow(expect.objectContaining({ status: 409, code: 7005 }));
      }),
    );
  });

  it('never leave destroyed, and reach an end from everywhere', () => {
    expect(EVENTS.filter((event) => statesAllowing(event).includes('destroyed'))).toEqual([]);
    for (const state of ['starting', 'active', 'stopping'] as const)
      expect(nextState(state, 'fail')).toBe('error');
  });
});

describe('a pipeline', () => {
  const config = { chunk_size_bytes: 1, max_size_bytes: 1, compression_enabled: true };
  const aPipeline = () => newPipeline('s', 'o', config, '2026-01-01T00:00:00.000Z');

  it('is at rest only when ended, reported, and its anchor final', () => {
    const ended = {
      ...aPipeline(),
      state: 'stopped' as const,
      version: 3,
      reported_version: 3,
      anchoring_status: 'finalized' as const,
    };
    expect(isAtRest(ended)).toBe(true);
    expect(isAtRest({ ...ended, reported_version: 2 })).toBe(false);
    expect(isAtRest({ ...ended, anchoring_status: 'confirmed' })).toBe(false);
    expect(isAtRest(aPipeline())).toBe(false);
  });

  it('works through its stages in order, keeping the count of failures', () => {
    let stages = initialStages();
    expect(currentStage(stages)).toBe('recording');
    stages = retriedStage(stages, 'recording', 'no answer');
    expect(stages[0]).toMatchObject({ status: 'error', retry_count: 1, error_message: 'no answer' });
    stages = completeStage(stages, 'recording');
    expect(stages[0]).toEqual({
      stage_name: 'recording',
      status: 'completed',
      progress: 100,
      retry_count: 1,
    });
    expect(currentStage(stages)).toBe('storage');
  });
});

describe('backoff', () => {
  it('doubles from a quarter second and never passes 30 s plus a quarter of jitter', () => {
    expect([0, 1, 2, 3].map((attempt) => backoffMs(attempt, 0))).toEqual([250, 500, 1000, 2000]);
    fc.assert(
      fc.property(
        fc.nat(100),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, fraction) => backoffMs(attempt, fraction) <= 37_500,
      ),
    );
  });
});
