import { commonErrors } from '@lucid/errors';
import { silentLogger } from '@lucid/logging';
import { FakeClock } from '@lucid/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepingLease } from '../src/adapters/keep-lease.ts';
import { givesUp, isFinal, PATIENCE_MS, reasonOf } from '../src/domain/final-failure.ts';
import { newPipeline } from '../src/domain/pipeline-document.ts';
import { failedStage, initialStages, withStage, workingStages } from '../src/domain/stages.ts';
import { errors } from '../src/errors.ts';

const config = { chunk_size_bytes: 1, max_size_bytes: 1, compression_enabled: true };
const document = newPipeline('s', 'o', config, '2026-01-01T00:00:00.000Z');

describe('a lease', () => {
  const leaseWith = (renew: () => Promise<void>) => {
    const clock = new FakeClock();
    const work = Promise.withResolvers<string>();
    const keeping = { pipelines: { leaseMs: 9000, renew }, clock, logger: silentLogger() };
    return { clock, work, done: keepingLease(keeping, document, () => work.promise) };
  };

  it('is renewed three times in its length while work goes on, and no more afterwards', async () => {
    let renewals = 0;
    const { clock, work, done } = leaseWith(async () => {
      renewals++;
    });
    await clock.advance(9000);
    expect(renewals).toBe(3);
    work.resolve('done');
    expect(await done).toBe('done');
    await clock.advance(90_000);
    expect([renewals, clock.sleeping]).toEqual([3, 0]);
  });

  it('goes on being renewed after a renewal failed, and lets the work’s own failure through', async () => {
    let renewals = 0;
    const { clock, work, done } = leaseWith(async () => {
      renewals++;
      throw new Error('no database');
    });
    await clock.advance(6000);
    expect(renewals).toBe(2);
    work.reject(new Error('the work failed'));
    await expect(done).rejects.toThrow('the work failed');
    expect(clock.sleeping).toBe(0);
  });
});

describe('a failure', () => {
  it('is final by our own judgement alone, whatever status somebody else answers', () => {
    expect(isFinal(errors.ROOT_MISMATCH())).toBe(true);
    expect(isFinal(errors.ILLEGAL_TRANSITION())).toBe(false);
    expect(isFinal(Object.assign(commonErrors.UPSTREAM_FAILED(), { status: 422 }))).toBe(false);
    expect(isFinal(new Error('a bug'))).toBe(false);
  });

  const circumstances = { stage: 'storage' as const, nowMs: 0, maxRetries: 3 };
  const stopping = { ...document, state: 'stopping' as const };

  it('of a gap is believed only after so many looks as are configured', () => {
    const looks = (gaps: number) => givesUp(errors.CHUNK_GAP(), { ...stopping, gaps }, circumstances);
    expect([0, 1, 2, 3, 4].map(looks)).toEqual([false, false, false, true, true]);
  });

  it('of anchoring, or of a cleanup, is waited out for a day; any other outage for as long as it takes', () => {
    const after = (ageMs: number, over: object, stage: 'anchoring' | 'storage') =>
      givesUp(
        commonErrors.UPSTREAM_UNREACHABLE(),
        { ...stopping, failing_since_ms: 1000, ...over },
        { stage, nowMs: 1000 + ageMs, maxRetries: 3 },
      );
    expect(after(PATIENCE_MS - 1, {}, 'anchoring')).toBe(false);
    expect(after(PATIENCE_MS, {}, 'anchoring')).toBe(true);
    expect(after(PATIENCE_MS, { state: 'cleanup' }, 'storage')).toBe(true);
    expect(after(30 * PATIENCE_MS, {}, 'storage')).toBe(false);
    expect(after(30 * PATIENCE_MS, { state: 'stopped' }, 'anchoring')).toBe(false);
  });

  it('tells users no more than a catalogue would, and never too much for session-api', () => {
    expect(reasonOf(new Error('mongodb://user:password@host'))).toBe('Something went wrong here.');
    fc.assert(
      fc.property(fc.string({ maxLength: 3000 }), (message) => {
        expect(reasonOf(errors.RECORDING_FAILED({ message })).length).toBeLessThanOrEqual(1000);
      }),
    );
  });

  it('leaves a count behind but no message once its stage works again', () => {
    const failed = failedStage(withStage(initialStages(), 'recording', { status: 'active' }), 'recording', {
      message: 'no',
      isRetried: true,
    });
    expect(workingStages(failed)[0]).toEqual({
      stage_name: 'recording',
      status: 'active',
      progress: 0,
      retry_count: 1,
      errors_count: 1,
    });
    expect(workingStages(initialStages())).toEqual(initialStages());
  });
});
