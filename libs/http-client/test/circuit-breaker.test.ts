import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BREAKER_DEFAULTS, type CallOutcome, type Circuit, CircuitBreaker } from '../src/circuit-breaker.ts';

const { failuresToOpen, firstOpenMs, longestOpenMs, maxTrials, successesToClose } = BREAKER_DEFAULTS;

/** A breaker with a clock of its own and short words for what happens to it. */
function aBreaker() {
  const changes: Circuit[] = [];
  const breaker = new CircuitBreaker((to) => changes.push(to));
  let nowMs = 1000;
  return {
    breaker,
    changes,
    pass: (durationMs: number) => {
      nowMs += durationMs;
    },
    now: () => nowMs,
    enter: () => breaker.enter(nowMs),
    leave: (ticket: number | undefined, outcome: CallOutcome) =>
      ticket !== undefined && breaker.leave(ticket, outcome, nowMs),
    call: (outcome: CallOutcome) => {
      const ticket = breaker.enter(nowMs);
      if (ticket !== undefined) breaker.leave(ticket, outcome, nowMs);
      return ticket !== undefined;
    },
  };
}

const opened = () => {
  const it = aBreaker();
  for (let count = 0; count < 5; count++) it.call('failure');
  return it;
};

describe('the circuit breaker', () => {
  it('opens after five failures in a row and not before', () => {
    const { breaker, call } = aBreaker();
    for (let round = 0; round < 3; round++) {
      for (let count = 0; count < 4; count++) call('failure');
      expect(breaker.circuit).toBe('closed');
      call('success');
    }
    for (let count = 0; count < 5; count++) call('failure');
    expect(breaker.circuit).toBe('open');
  });

  it('refuses everything for a second, then lets three trial calls through', () => {
    const { breaker, pass, enter } = opened();
    pass(firstOpenMs - 1);
    expect(enter()).toBeUndefined();
    expect(breaker.retryAfterMs(1000)).toBe(firstOpenMs);
    pass(1);
    expect([enter(), enter(), enter(), enter()].map((ticket) => ticket !== undefined)).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(breaker.circuit).toBe('half_open');
  });

  it('closes after two successful trials and opens again at the first failed one', () => {
    const good = opened();
    good.pass(firstOpenMs);
    good.call('success');
    good.call('success');
    expect(good.breaker).toMatchObject({ circuit: 'closed', consecutiveFailures: 0 });
    const bad = opened();
    bad.pass(firstOpenMs);
    bad.call('success');
    bad.call('failure');
    expect(bad.breaker.circuit).toBe('open');
    expect(bad.enter()).toBeUndefined();
    expect(bad.changes).toEqual(['open', 'half_open', 'open']);
  });

  it('waits twice as long after each failed trial, 30 s at most, and a second again once it was closed', () => {
    const { breaker, pass, now, call } = opened();
    const waits: number[] = [];
    for (let round = 0; round < 7; round++) {
      waits.push(breaker.retryAfterMs(now()));
      pass(waits.at(-1) ?? 0);
      call('failure');
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    pass(longestOpenMs);
    for (let count = 0; count < 2; count++) call('success');
    for (let count = 0; count < 5; count++) call('failure');
    expect(breaker.retryAfterMs(now())).toBe(1000);
  });

  it('gives the place of a trial call back when its caller gave up', () => {
    const { pass, enter, leave } = opened();
    pass(firstOpenMs);
    const tickets = [enter(), enter(), enter()];
    leave(tickets[0], 'neither');
    expect(enter()).toBeDefined();
    expect(enter()).toBeUndefined();
  });

  it('does not count results of calls that began before it opened', () => {
    const { breaker, pass, enter, leave, call } = aBreaker();
    const early = [enter(), enter(), enter()];
    for (let count = 0; count < 5; count++) call('failure');
    leave(early[0], 'success');
    pass(firstOpenMs);
    const trial = enter();
    leave(early[1], 'failure');
    expect(breaker.circuit).toBe('half_open');
    leave(early[2], 'success');
    leave(trial, 'success');
    expect(breaker.circuit).toBe('half_open');
  });

  it('keeps its rules in any order of calls, results and pauses', () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constant({ kind: 'enter' as const }) },
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant('leave' as const),
          which: fc.nat(),
          outcome: fc.constantFrom<CallOutcome>('success', 'failure', 'failure', 'failure', 'neither'),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(2 * longestOpenMs) }),
      },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const { breaker, pass, now, enter, leave } = aBreaker();
        let open: { ticket: number; era: number }[] = [];
        let era = 0;
        let openedMs = 0;
        let pauseMs = 0;
        let failuresInARow = 0;
        let trials = 0;
        let successes = 0;
        for (const step of steps) {
          const before = breaker.circuit;
          if (step.kind === 'pass') pass(step.ms);
          if (step.kind === 'enter') {
            const ticket = enter();
            if (before === 'closed') expect(ticket).toBeDefined();
            if (before === 'open') expect(ticket !== undefined).toBe(now() - openedMs >= pauseMs);
            if (before === 'half_open') expect(ticket !== undefined).toBe(trials < maxTrials);
            if (before === 'open' && ticket !== undefined) [era, trials, successes] = [era + 1, 0, 0];
            if (ticket !== undefined && before !== 'closed') trials++;
            if (ticket !== undefined) open.push({ ticket, era });
          }
          if (step.kind === 'leave' && open.length > 0) {
            const call = open[step.which % open.length];
            if (!call) continue;
            open = open.filter((other) => other !== call);
            leave(call.ticket, step.outcome);
            if (call.era !== era) {
              expect(breaker.circuit).toBe(before);
              continue;
            }
            if (step.outcome === 'neither' && before === 'half_open') trials--;
            if (step.outcome === 'failure') failuresInARow++;
            if (step.outcome === 'success') successes++;
            if (step.outcome === 'success' && before === 'closed') failuresInARow = 0;
            const opens =
              step.outcome === 'failure' && (before === 'half_open' || failuresInARow >= failuresToOpen);
            const closes = before === 'half_open' && successes >= successesToClose;
            expect(breaker.circuit).toBe(opens ? 'open' : closes ? 'closed' : before);
            if (opens) pauseMs = before === 'half_open' ? Math.min(2 * pauseMs, longestOpenMs) : firstOpenMs;
            if (opens) openedMs = now();
            if (closes) failuresInARow = 0;
            if (opens || closes) [era, trials, successes] = [era + 1, 0, 0];
            if (before === 'closed' && !opens) successes = 0;
            expect(breaker.consecutiveFailures).toBe(failuresInARow);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
