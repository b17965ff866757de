import { describe, expect, it } from 'vitest';
import { eventually, FakeClock } from '../src/index.ts';

describe('the fake clock', () => {
  it('moves only when told and wakes sleepers in order of their times', async () => {
    const clock = new FakeClock(1000);
    const woken: string[] = [];
    const late = clock.sleep(20).then(() => woken.push(`late at ${clock.nowMs()}`));
    const early = clock.sleep(10).then(() => woken.push(`early at ${clock.nowMs()}`));
    expect([clock.nowMs(), clock.sleeping]).toEqual([1000, 2]);
    await clock.advance(50);
    await Promise.all([late, early]);
    expect(woken).toEqual(['early at 1010', 'late at 1020']);
    expect([clock.nowMs(), clock.monotonicMs()]).toEqual([1050, 50]);
  });

  it('ends a sleep with the signal’s reason', async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    const sleep = clock.sleep(1000, stop.signal);
    stop.abort(new Error('enough'));
    await expect(sleep).rejects.toThrow('enough');
    expect(clock.sleeping).toBe(0);
  });
});

describe('eventually', () => {
  it('returns the first truthy value and survives failures on the way', async () => {
    let asked = 0;
    const value = await eventually(
      'the third answer',
      () => {
        asked++;
        if (asked === 1) throw new Error('not yet');
        return asked === 3 ? 'here' : undefined;
      },
      { pauseMs: 1 },
    );
    expect(value).toBe('here');
  });

  it('says what it waited for, and the last failure', async () => {
    const waiting = eventually('a miracle', () => Promise.reject(new Error('no')), {
      timeoutMs: 20,
      pauseMs: 1,
    });
    await expect(waiting).rejects.toMatchObject({
      message: expect.stringContaining('a miracle'),
      cause: expect.objectContaining({ message: 'no' }),
    });
  });
});
