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
import { completeStage, currentStage, failedStage, initialStages } from '../src/domain/stages.ts';

/** State by state; `done` is what the drive itself finds out. What is not named is illegal. */
const DRAWN: Record<PipelineState, Partial<Record<PipelineEvent, PipelineState>>> = {
  created: { start: 'starting', error: 'error', destroy: 'destroyed' },
  starting: { ready: 'active', stop: 'stopping', error: 'error' },
  active: { pause: 'pausing', stop: 'stopping', error: 'error' },
  pausing: { done: 'paused', stop: 'stopping', error: 'error' },
  paused: { resume: 'active', stop: 'stopping', error: 'error' },
  stopping: { done: 'stopped', error: 'error' },
  stopped: { recover: 'created', cleanup: 'cleanup', destroy: 'destroyed' },
  error: { recover: 'created', cleanup: 'cleanup', destroy: 'destroyed' },
  cleanup: { done: 'destroyed', error: 'error' },
  destroyed: {},
};
const EVENTS: readonly PipelineEvent[] = [
  ...(['start', 'ready', 'pause', 'resume', 'stop'] as const),
  ...(['done', 'error', 'recover', 'cleanup', 'destroy'] as const),
];
const PAIRS = PIPELINE_STATES.flatMap((state) => EVENTS.map((event) => [state, event] as const));

describe('the pipeline’s states', () => {
  it('are the ten of the drawing', () => {
    expect([...PIPELINE_STATES].toSorted()).toEqual(Object.keys(DRAWN).toSorted());
  });

  it.each(PAIRS)('when %s, %s leads where it is drawn, or is a 409', (state, event) => {
    const next = DRAWN[state][event];
    expect(statesAllowing(event).includes(state)).toBe(next !== undefined);
    if (next) expect(nextState(state, event)).toBe(next);
    else expect(() => nextState(state, event)).toThrow(expect.objectContaining({ status: 409, code: 7005 }));
  });

  it('never leave destroyed, and reach it from everywhere, whatever happened before', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 30 }), (events) => {
        let state: PipelineState = 'created';
        for (const event of events) state = DRAWN[state][event] ?? state;
        for (const event of ['error', 'destroy'] as const) state = DRAWN[state][event] ?? state;
        expect(state).toBe('destroyed');
      }),
    );
  });

  it('say what the session is', () => {
    const facts = { recordingEnded: false, anchored: false, recovered: false };
    const of = (over: object) =>
      PIPELINE_STATES.map((state) => sessionStatusOf(state, { ...facts, ...over }));
    const rest = ['completed', 'failed', 'deleted', 'deleted'];
    expect(of({})).toEqual(
      ['created', 'starting', 'recording', 'recording', 'paused', 'stopped'].concat(rest),
    );
    expect(of({ recordingEnded: true })[5]).toBe('processing');
    expect(of({ recovered: true })).toEqual(Array(6).fill('processing').concat(rest));
    expect(of({ recovered: true, anchored: true })).toEqual(Array(6).fill('completed').concat(rest));
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
    stages = failedStage(stages, 'recording', { message: 'no answer', isRetried: true });
    expect(stages[0]).toMatchObject({ status: 'error', retry_count: 1, error_message: 'no answer' });
    stages = completeStage(stages, 'recording');
    expect(stages[0]).toEqual({
      stage_name: 'recording',
      status: 'completed',
      progress: 100,
      retry_count: 1,
      errors_count: 1,
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
