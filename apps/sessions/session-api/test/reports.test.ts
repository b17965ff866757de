import { PIPELINE_STAGES, type Pipeline } from '@lucid/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedVersion } from '../src/domain/expected-version.ts';
import { feedEvents } from '../src/domain/feed-events.ts';
import { sliceOf } from '../src/domain/paging.ts';
import { pipelineReport } from '../src/domain/pipeline-report.ts';
import { newSession, type SessionDocument } from '../src/domain/session-document.ts';
import { sessionStatistics } from '../src/domain/session-statistics.ts';
import { addTo, noTotals } from '../src/domain/session-totals.ts';
import { overdue } from '../src/domain/time-limits.ts';
import { NOW } from './support/facts.ts';

const START = Date.parse(NOW);
const at = (second: number) => new Date(START + second * 1000).toISOString();
const session = (fields: Partial<SessionDocument> = {}): SessionDocument => ({
  ...newSession({ name: 'n' }, { sessionId: 's', userId: 'u', now: NOW, chunkSizeBytes: 5 }),
  ...fields,
});

describe('statistics', () => {
  it('leave out what nobody knows, instead of saying 0', () => {
    const fresh = sessionStatistics(session(), undefined, START);
    for (const name of [
      ...['duration_seconds', 'compression_ratio', 'average_bytes_per_second', 'chunks_quarantined'],
      ...['error_count', 'frame_count', 'dropped_frames', 'average_fps'],
    ])
      expect(fresh).not.toHaveProperty(name);
  });

  it('know duration, rate and ratio as soon as these can be known', () => {
    const statistics = { size_bytes: 1000, chunks_count: 2, chunks_stored: 1, stored_bytes: 250 };
    const running = session({ status: 'recording', started_at: at(0), statistics });
    expect(sessionStatistics(running, { chunks_quarantined: 3 }, START + 10_000)).toMatchObject({
      duration_seconds: 10,
      average_bytes_per_second: 100,
      chunks_quarantined: 3,
      error_count: 3,
    });
    expect(sessionStatistics(running, undefined, START)).not.toHaveProperty('compression_ratio');
    const done = { ...running, stopped_at: at(20), statistics: { ...statistics, chunks_stored: 2 } };
    expect(sessionStatistics(done, undefined, START + 99_000)).toMatchObject({
      duration_seconds: 20,
      compression_ratio: 4,
    });
  });

  it('of many sessions count deleted ones by their status alone', () => {
    const totals = noTotals();
    const statistics = { size_bytes: 10, chunks_count: 2, chunks_stored: 1, stored_bytes: 5 };
    addTo(totals, { status: 'deleted', statistics });
    addTo(totals, { status: 'recording', statistics });
    expect(totals).toMatchObject({ total: 1, size_bytes: 10, stored_bytes: 5, chunks_count: 2 });
    expect(totals.by_status).toMatchObject({ deleted: 1, recording: 1, completed: 0 });
  });
});

describe('time limits', () => {
  const limits = { maxDurationMs: 86_400_000, idleTimeoutMs: 7_200_000 };
  it.each([
    [
      'a day of recording',
      { started_at: at(0), active_at: at(86_399), updated_at: NOW },
      86_400,
      'max_duration',
    ],
    ['a second less', { started_at: at(0), active_at: at(86_398), updated_at: NOW }, 86_399, undefined],
    ['two hours without a byte', { started_at: at(0), active_at: at(60), updated_at: NOW }, 7260, 'idle'],
    ['a second less', { started_at: at(0), active_at: at(60), updated_at: NOW }, 7259, undefined],
    ['two hours of starting', { updated_at: at(0) }, 7200, 'idle'],
  ])('after %s', (_what, running, second, expected) => {
    expect(overdue(running, limits, START + Number(second) * 1000)).toBe(expected);
  });
});

describe('the stages of processing', () => {
  const pipeline = (progress: number): Pick<Pipeline, 'stages' | 'progress'> => ({
    progress,
    stages: PIPELINE_STAGES.map((stage_name) => ({
      ...{ stage_name, status: 'active', progress, retry_count: 0, max_retries: 3 },
      metrics: { items_processed: 0, errors_count: 0, processing_time_ms: 0, throughput_per_second: 0 },
    })),
  });

  it('are the five that users know, from those of the pipeline', () => {
    const report = pipelineReport(session({ status: 'processing' }), pipeline(40));
    expect(report.stages.map(({ stage_name, progress }) => [stage_name, progress])).toEqual(
      ['compression', 'encryption', 'storage', 'merkle_build', 'anchoring'].map((name) => [name, 40]),
    );
    expect(report.progress).toBe(40);
  });

  it('tell of chunks that are stored while it records, and never that all are', () => {
    const waiting = pipeline(0);
    const idle = {
      ...waiting,
      stages: waiting.stages.map((stage) => ({ ...stage, status: 'inactive' as const })),
    };
    const statistics = { size_bytes: 4, chunks_count: 4, chunks_stored: 3, stored_bytes: 4 };
    const of = (chunks_stored: number) =>
      pipelineReport(
        session({ status: 'recording', statistics: { ...statistics, chunks_stored } }),
        idle,
      ).stages.map(({ status, progress }) => [status, progress]);
    expect(of(3).slice(0, 4)).toEqual([
      ['active', 75],
      ['active', 75],
      ['active', 75],
      ['inactive', 0],
    ]);
    expect(of(4)[2]).toEqual(['active', 99]);
  });

  it('are all inactive before the start, and all done after the pipeline was forgotten', () => {
    const before = pipelineReport(session(), undefined);
    expect(new Set(before.stages.map(({ status }) => status))).toEqual(new Set(['inactive']));
    expect(before.progress).toBe(0);
    const after = pipelineReport(session({ status: 'completed' }), undefined);
    expect(new Set(after.stages.map(({ progress }) => progress))).toEqual(new Set([100]));
  });
});

describe('lists', () => {
  it('go on by page or by offset, never by both', () => {
    expect(sliceOf({}, 20)).toEqual({ skip: 0, limit: 20, page: 1 });
    expect(sliceOf({ page: 3, limit: 7 }, 20)).toEqual({ skip: 14, limit: 7, page: 3 });
    expect(sliceOf({ offset: 14, limit: 7 }, 20)).toEqual({ skip: 14, limit: 7, page: 3 });
    expect(() => sliceOf({ page: 1, offset: 0 }, 20)).toThrow(/not both/);
  });
});

describe('an editor', () => {
  it('says which version it has seen, in If-Match or in the body', () => {
    expect(expectedVersion(undefined, undefined)).toBeUndefined();
    expect(expectedVersion('*', 4)).toBe(4);
    expect(expectedVersion('"4"', undefined)).toBe(4);
    expect(expectedVersion('"4"', 4)).toBe(4);
    expect(() => expectedVersion('"4"', 5)).toThrow(/changed/);
    for (const wrong of ['4', 'W/"4"', '"4", "5"', '"x"', ''])
      expect(() => expectedVersion(wrong, undefined)).toThrow(/seen/);
  });
});

describe('the events of a feed', () => {
  it('begin with all of it, and end with the session', () => {
    expect(feedEvents(undefined, session()).map(({ type }) => type)).toEqual(['snapshot']);
    const types = feedEvents(undefined, session({ status: 'failed' })).map(({ type }) => type);
    expect(types).toEqual(['snapshot', 'end']);
  });

  it('tell each kind of change once, however much happened in between', () => {
    const before = session({ status: 'recording' });
    expect(feedEvents(before, { ...before, updated_at: at(9), name: 'other' })).toEqual([]);
    const after = {
      ...before,
      ...{ status: 'completed', anchoring_status: 'confirmed', merkle_root: 'aa' },
      statistics: { size_bytes: 9, chunks_count: 3, chunks_stored: 3, stored_bytes: 7 },
      live_anchoring: { sequence: 2, chunk_count: 1 },
    } as SessionDocument;
    const events = feedEvents(before, after);
    expect(events.map(({ type }) => type)).toEqual([
      ...['status', 'statistics', 'chunks_stored', 'checkpoint', 'anchoring', 'end'],
    ]);
    expect(events[2]).toEqual({ type: 'chunks_stored', chunks_stored: 3, stored_bytes: 7 });
  });

  it('lead a reader that misses any number of looks to the same end', () => {
    const look = fc.record({
      status: fc.constantFrom('recording', 'paused', 'processing'),
      stored: fc.nat(5),
      anchoring: fc.constantFrom('none', 'pending', 'confirmed'),
    });
    fc.assert(
      fc.property(fc.array(look, { minLength: 1 }), fc.array(fc.boolean()), (looks, seen) => {
        const first = session({ status: 'recording' });
        let told = first;
        const known = { status: 'recording', chunks_stored: 0, anchoring_status: 'none' };
        for (const [index, { status, stored, anchoring }] of looks.entries()) {
          if (!seen[index] && index < looks.length - 1) continue;
          const now = session({
            ...{ status, anchoring_status: anchoring },
            statistics: { ...first.statistics, chunks_stored: stored },
          } as Partial<SessionDocument>);
          for (const event of feedEvents(told, now)) {
            if (event.type === 'status') known.status = event.status;
            if (event.type === 'statistics') known.chunks_stored = event.statistics.chunks_stored;
            if (event.type === 'anchoring') known.anchoring_status = event.anchoring_status;
          }
          told = now;
        }
        const last = looks.at(-1);
        expect(known).toEqual({
          ...{ status: last?.status, chunks_stored: last?.stored, anchoring_status: last?.anchoring },
        });
      }),
    );
  });
});
