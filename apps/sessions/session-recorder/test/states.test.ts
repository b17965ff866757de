import { CHUNK_STATUSES, RECORDING_STATUSES } from '@lucid/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterFailure, CHUNK_EVENTS, nextChunkStatus } from '../src/domain/chunk-state.ts';
import { isAtRest, isUnderWay, nextStatus, RECORDING_EVENTS } from '../src/domain/recording-state.ts';

const events = fc.array(fc.constantFrom(...RECORDING_EVENTS), { maxLength: 20 });
const chunkEvents = fc.array(fc.constantFrom(...CHUNK_EVENTS), { maxLength: 20 });

describe('recording states', () => {
  const TABLE = {
    starting: ['recording', '-', '-', 'stopping', '-', 'failed'],
    recording: ['recording', 'paused', 'recording', 'stopping', '-', 'failed'],
    paused: ['paused', 'paused', 'recording', 'stopping', '-', 'failed'],
    stopping: ['-', '-', '-', 'stopping', 'stopped', 'failed'],
    stopped: ['-', '-', '-', 'stopped', '-', '-'],
    failed: ['-', '-', '-', 'failed', 'failed', 'failed'],
  } as const;

  it.each(RECORDING_STATUSES)('of %s lead where the table says, and nowhere else', (status) => {
    expect(RECORDING_EVENTS).toEqual(['opened', 'pause', 'resume', 'stop', 'sealed', 'fault']);
    expect(RECORDING_EVENTS.map((event) => nextStatus(status, event) ?? '-')).toEqual(TABLE[status]);
  });

  it('never take bytes again once they have stopped to', () => {
    fc.assert(
      fc.property(events, (sequence) => {
        let status: (typeof RECORDING_STATUSES)[number] = 'starting';
        let hasEnded = false;
        for (const event of sequence) {
          status = nextStatus(status, event) ?? status;
          hasEnded ||= ['stopping', 'stopped', 'failed'].includes(status);
          if (hasEnded) expect(isUnderWay(status)).toBe(false);
        }
      }),
    );
  });

  it('stay at rest, and let a stop be repeated anywhere', () => {
    for (const status of RECORDING_STATUSES) {
      expect(nextStatus(status, 'stop')).toBeDefined();
      if (isAtRest(status)) expect(nextStatus(status, 'stop')).toBe(status);
    }
  });
});

describe('chunk states', () => {
  it('end as stored, quarantined or deleted, and only a person leads back from there into work', () => {
    fc.assert(
      fc.property(chunkEvents, (sequence) => {
        let status: (typeof CHUNK_STATUSES)[number] = 'recorded';
        let isOver = false;
        for (const event of sequence) {
          if (event === 'retry' && status === 'quarantined') isOver = false;
          status = nextChunkStatus(status, event) ?? status;
          if (isOver) expect(['recorded', 'processing']).not.toContain(status);
          isOver ||= ['stored', 'quarantined', 'deleted'].includes(status);
        }
      }),
    );
  });

  it('are stored only by completing a claim', () => {
    for (const status of CHUNK_STATUSES)
      if (status !== 'processing' && status !== 'stored')
        expect(nextChunkStatus(status, 'complete')).toBeUndefined();
  });
});

describe('a chunk that is given back', () => {
  it('is quarantined after the allowed data faults and never because of outages', () => {
    const faults = fc.array(fc.constantFrom('data' as const, 'system' as const), { maxLength: 40 });
    fc.assert(
      fc.property(faults, fc.integer({ min: 1, max: 6 }), (sequence, maxAttempts) => {
        let chunk = { attempts: 0, deferrals: 0 };
        let dataFaults = 0;
        for (const fault of sequence) {
          const next = afterFailure({ ...chunk, retryable: true, fault }, maxAttempts);
          if (fault === 'data') dataFaults++;
          expect(next.status).toBe(dataFaults >= maxAttempts ? 'quarantined' : 'recorded');
          expect(next.pauseMs).toBeLessThanOrEqual(30_000);
          if (next.status === 'quarantined') return;
          chunk = next;
        }
      }),
    );
  });

  it('is quarantined at once when trying again cannot help', () => {
    for (const fault of ['data', 'system'] as const)
      expect(afterFailure({ attempts: 0, deferrals: 0, retryable: false, fault }, 3).status).toBe(
        'quarantined',
      );
  });

  it('waits longer each time', () => {
    const pauses = [0, 1, 2, 3, 10].map(
      (deferrals) => afterFailure({ attempts: 0, deferrals, retryable: true, fault: 'system' }, 3).pauseMs,
    );
    expect(pauses).toEqual([500, 1000, 2000, 4000, 30_000]);
  });
});
