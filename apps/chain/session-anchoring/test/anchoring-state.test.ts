import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AnchoringEvent,
  type AnchoringStatus,
  nextStatus,
  statusesAllowing,
} from '../src/domain/anchoring-state.ts';
import { backoffMs } from '../src/domain/backoff.ts';
import { isOnItsWay, isTooOldToSend, nextTask } from '../src/domain/decide.ts';
import { type Delivery, EXPIRY_MS, newDelivery } from '../src/domain/delivery.ts';

/** `finalized` is a mark on a confirmed one, no state. */
const DRAWN: Record<AnchoringStatus, Partial<Record<AnchoringEvent, AnchoringStatus>>> = {
  pending: {
    send: 'processing',
    retry: 'pending',
    confirm: 'confirmed',
    give_up: 'failed',
    expire: 'expired',
  },
  processing: { send: 'processing', retry: 'pending', confirm: 'confirmed', give_up: 'failed' },
  confirmed: {},
  failed: { revive: 'pending' },
  expired: { revive: 'pending' },
};
const STATUSES = Object.keys(DRAWN) as AnchoringStatus[];
const EVENTS: readonly AnchoringEvent[] = ['send', 'retry', 'confirm', 'give_up', 'expire', 'revive'];
const PAIRS = STATUSES.flatMap((status) => EVENTS.map((event) => [status, event] as const));

describe('an anchoring', () => {
  it.each(PAIRS)('that is %s goes where it is drawn on %s, or nowhere', (status, event) => {
    const next = DRAWN[status][event];
    expect(statusesAllowing(event).includes(status)).toBe(next !== undefined);
    if (next) expect(nextStatus(status, event)).toBe(next);
    else expect(() => nextStatus(status, event)).toThrow(event);
  });

  it('that is confirmed stays confirmed, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS)), (events) => {
        let status: AnchoringStatus = 'confirmed';
        for (const event of events) status = DRAWN[status][event] ?? status;
        expect(status).toBe('confirmed');
      }),
    );
  });
});

describe('what is to be done next', () => {
  const delivery = (over: Partial<Delivery> = {}): Delivery => ({
    _id: 'x',
    ...newDelivery(0, 5000),
    ...over,
  });
  const transaction = { tx_id: 'x', tx_hash: 'x', signed_at_ms: 0, text: '' };
  const HOUR_MS = 3_600_000;

  it('is to sign, to send, to watch, and to see it final', () => {
    expect(nextTask(delivery(), 0)).toBe('sign');
    expect(nextTask(delivery({ transaction }), 0)).toBe('send');
    expect(nextTask(delivery({ transaction, delivered_at_ms: 0 }), 0)).toBe('watch');
    expect(nextTask(delivery({ status: 'confirmed' }), 0)).toBe('finalize');
    expect(nextTask(delivery({ status: 'confirmed', finalized: true }), 0)).toBe('rest');
    for (const status of ['failed', 'expired'] as const)
      expect(nextTask(delivery({ status }), 0)).toBe('rest');
  });

  it('is to ask before anything that is an hour or a day old is sent or given up', () => {
    expect(nextTask(delivery({ transaction }), HOUR_MS)).toBe('ask');
    expect(isTooOldToSend(0, HOUR_MS - 60_000)).toBe(false);
    expect(nextTask(delivery({ transaction }), EXPIRY_MS)).toBe('ask');
    expect(nextTask(delivery(), EXPIRY_MS)).toBe('expire');
    expect(nextTask(delivery({ status: 'processing', transaction, delivered_at_ms: 0 }), EXPIRY_MS)).toBe(
      'watch',
    );
  });

  it('is nothing for two seconds when an engine does not know what another has just taken', () => {
    expect([0, 1999, 2000].map((nowMs) => isOnItsWay(delivery({ delivered_at_ms: 0 }), nowMs))).toEqual([
      true,
      true,
      false,
    ]);
    expect(isOnItsWay(delivery(), 0)).toBe(false);
  });

  it('waits five seconds after the first failure, twice as long after each, never more than a minute', () => {
    expect([1, 2, 3, 4, 5, 50].map((failures) => backoffMs(failures, 5000))).toEqual([
      5000, 10_000, 20_000, 40_000, 60_000, 60_000,
    ]);
  });
});
