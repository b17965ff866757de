import { describe, expect, it } from 'vitest';
import { repeat, seededRandom, systemClock, systemRandom } from '../src/index.ts';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('seeded randomness', () => {
  it('repeats itself for the same seed and differs for another', () => {
    expect(seededRandom(7).bytes(100)).toEqual(seededRandom(7).bytes(100));
    expect(seededRandom(7).bytes(100)).not.toEqual(seededRandom(8).bytes(100));
  });

  it('makes version-4 UUIDs and fractions in range', () => {
    const random = seededRandom('ids');
    expect(random.uuid()).toMatch(UUID_V4);
    expect(systemRandom.uuid()).toMatch(UUID_V4);
    for (let round = 0; round < 100; round++) expect(random.fraction()).toBeLessThan(1);
  });
});

describe('repeat', () => {
  it('goes on after a failed round, runs again at once when asked, and ends with the signal', async () => {
    const stop = new AbortController();
    const errors: unknown[] = [];
    let rounds = 0;
    await repeat(
      async () => {
        rounds++;
        if (rounds === 1) throw new Error('first');
        if (rounds === 3) stop.abort();
        return true;
      },
      { clock: systemClock, pauseMs: 1, signal: stop.signal, onError: (error) => errors.push(error) },
    );
    expect(rounds).toBe(3);
    expect(errors).toHaveLength(1);
  });
});
