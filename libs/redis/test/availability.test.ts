import { describe, expect, it } from 'vitest';
import { Availability } from '../src/availability.ts';

function start() {
  const changes: string[] = [];
  const availability = new Availability(0, (to, reason) => changes.push(reason ? `${to}: ${reason}` : to));
  return { availability, changes };
}

describe('availability', () => {
  it('says nothing while the first connection is young, then that it is down, once', () => {
    const { availability, changes } = start();
    availability.failed('not yet', 500);
    expect([availability.state, changes.length]).toEqual(['connecting', 0]);
    availability.failed('refused', 1000);
    availability.failed('refused', 1300);
    expect(changes).toEqual(['down: refused']);
    expect(availability.reason).toBe('refused');
  });

  it('goes down with the first failure and up with the first answer', () => {
    const { availability, changes } = start();
    availability.answered(10);
    availability.answered(20);
    availability.failed('silent', 30);
    availability.answered(300);
    expect(changes).toEqual(['up', 'down: silent', 'up']);
  });

  it('asks again after 250 ms, after each failed probe too, and not while all is well', () => {
    const { availability } = start();
    expect(availability.isProbeDue(0)).toBe(true);
    availability.answered(10);
    expect(availability.isProbeDue(100_000)).toBe(false);
    availability.failed('silent', 100_000);
    expect([249, 250].map((ms) => availability.isProbeDue(100_000 + ms))).toEqual([false, true]);
    availability.failed('silent', 100_300);
    expect([249, 250].map((ms) => availability.isProbeDue(100_300 + ms))).toEqual([false, true]);
  });

  it('doubles the pause up to 30 s while it flaps, and forgets that after 10 steady seconds', () => {
    const { availability } = start();
    let nowMs = 0;
    const pauses: number[] = [];
    availability.answered(nowMs);
    for (let fall = 0; fall < 10; fall++) {
      const steadyMs = fall === 9 ? 10_000 : 5;
      nowMs += steadyMs;
      availability.failed('refuses to write', nowMs);
      let pauseMs = 0;
      while (!availability.isProbeDue(nowMs + pauseMs)) pauseMs += 50;
      pauses.push(pauseMs);
      nowMs += pauseMs;
      availability.answered(nowMs);
    }
    expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 250]);
  });

  it('comes back at once with an answer that was only late, but not a second time within 10 s', () => {
    const { availability, changes } = start();
    availability.answered(0);
    availability.failed('no answer', 100);
    availability.answeredLate(130);
    expect(availability.state).toBe('up');
    availability.failed('no answer', 200);
    availability.answeredLate(230);
    expect(availability.state).toBe('down');
    expect(changes).toEqual(['up', 'down: no answer', 'up', 'down: no answer']);
  });
});
