import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RetryBudget } from '../src/retry-budget.ts';

const take = (budget: RetryBudget, nowMs: number): number => {
  let taken = 0;
  while (budget.retry(nowMs)) taken++;
  return taken;
};

describe('the retry budget', () => {
  it('always has ten retries in a window and a fifth of the requests when that is more', () => {
    const quiet = new RetryBudget();
    quiet.request(0);
    expect(take(quiet, 0)).toBe(10);
    const busy = new RetryBudget();
    for (let count = 0; count < 1000; count++) busy.request(count);
    expect(take(busy, 1000)).toBe(200);
  });

  it('forgets what is older than ten seconds', () => {
    const budget = new RetryBudget();
    expect(take(budget, 500)).toBe(10);
    expect(take(budget, 9999)).toBe(0);
    expect(take(budget, 10_500)).toBe(10);
  });

  it('never gives more than its share in any window', () => {
    const events = fc.array(fc.record({ gapMs: fc.nat(800), retry: fc.boolean() }), { maxLength: 400 });
    fc.assert(
      fc.property(events, (all) => {
        const budget = new RetryBudget();
        const log: { atMs: number; kind: 'request' | 'retry' }[] = [];
        let nowMs = 0;
        for (const { gapMs, retry } of all) {
          nowMs += gapMs;
          if (!retry) {
            budget.request(nowMs);
            log.push({ atMs: nowMs, kind: 'request' });
          } else if (budget.retry(nowMs)) {
            log.push({ atMs: nowMs, kind: 'retry' });
            // slots make the window 9 to 10 s long
            const count = (kind: string, durationMs: number) =>
              log.filter((entry) => entry.kind === kind && entry.atMs > nowMs - durationMs).length;
            expect(count('retry', 9000)).toBeLessThanOrEqual(Math.max(10, 0.2 * count('request', 10_000)));
          }
        }
      }),
    );
  });
});
