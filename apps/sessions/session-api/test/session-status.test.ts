import { SESSION_STATUSES, type SessionStatus } from '@lucid/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isReachable,
  mayAsk,
  nextStatus,
  RUNNING,
  recordingStatusOf,
  SESSION_EVENTS,
  type SessionEventName,
} from '../src/domain/session-status.ts';

/** Every legal transition there is; all others are illegal. */
const LEGAL: readonly (readonly [SessionStatus, SessionEventName, SessionStatus])[] = [
  ['created', 'start', 'starting'],
  ['created', 'delete', 'deleted'],
  ['starting', 'begun', 'recording'],
  ['starting', 'stop', 'stopped'],
  ['starting', 'fail', 'failed'],
  ['recording', 'pause', 'paused'],
  ['recording', 'stop', 'stopped'],
  ['recording', 'fail', 'failed'],
  ['paused', 'resume', 'recording'],
  ['paused', 'stop', 'stopped'],
  ['paused', 'fail', 'failed'],
  ['stopped', 'sealed', 'processing'],
  ['stopped', 'fail', 'failed'],
  ['stopped', 'delete', 'deleted'],
  ['processing', 'anchored', 'completed'],
  ['processing', 'fail', 'failed'],
  ['completed', 'delete', 'deleted'],
  ['failed', 'retry', 'processing'],
  ['failed', 'delete', 'deleted'],
];

const ALL = SESSION_STATUSES.flatMap((status) => SESSION_EVENTS.map((event) => [status, event] as const));

describe('the status of a session', () => {
  it.each(ALL)('%s –%s→ is as the table says', (status, event) => {
    const legal = LEGAL.find(([from, by]) => from === status && by === event);
    expect(nextStatus(status, event)).toBe(legal?.[2]);
  });

  it('takes a repeat of what is under way, and refuses what is neither legal nor a repeat', () => {
    const asked = ['start', 'pause', 'resume', 'stop', 'retry', 'delete'] as const;
    const allowing = Object.fromEntries(
      asked.map((event) => [event, SESSION_STATUSES.filter((status) => mayAsk(status, event))]),
    );
    expect(allowing).toEqual({
      start: ['created', 'starting', 'recording'],
      pause: ['recording', 'paused'],
      resume: ['recording', 'paused'],
      stop: ['starting', 'recording', 'paused', 'stopped', 'processing'],
      retry: ['failed'],
      delete: ['created', 'stopped', 'completed', 'failed'],
    });
  });

  it('can be reached by a report exactly when some walk through the table leads there', () => {
    const events = SESSION_EVENTS.filter((event) => event !== 'delete');
    fc.assert(
      fc.property(
        fc.constantFrom(...SESSION_STATUSES),
        fc.array(fc.constantFrom(...events), { maxLength: 12 }),
        (from, walk) => {
          let status: SessionStatus = from;
          for (const event of walk) status = nextStatus(status, event) ?? status;
          expect(isReachable(from, status)).toBe(true);
        },
      ),
    );
    for (const from of SESSION_STATUSES) {
      expect(isReachable(from, 'created')).toBe(from === 'created');
      expect(isReachable(from, 'deleted')).toBe(from === 'deleted');
    }
    expect(isReachable('completed', 'recording')).toBe(false);
    expect(isReachable('failed', 'recording')).toBe(false);
    expect(isReachable('processing', 'paused')).toBe(false);
  });

  it('says where the recorder is, and which sessions hold one', () => {
    expect(SESSION_STATUSES.map(recordingStatusOf)).toEqual([
      ...['idle', 'starting', 'recording', 'paused', 'stopping'],
      ...['stopped', 'stopped', 'error', 'stopped'],
    ]);
    expect(RUNNING).toEqual(['starting', 'recording', 'paused']);
  });
});
