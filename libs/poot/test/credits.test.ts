import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { relayCredits, storageCredits, validationCredits } from '../src/index.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const MAX = Number.MAX_SAFE_INTEGER;
const anyCount = fc.oneof(fc.maxSafeNat(), fc.nat(10 ** 7));
const limited = (value: bigint) => Number(value < BigInt(MAX) ? value : BigInt(MAX));

describe('credits', () => {
  it('of a relay are its sessions or its bytes in shares of 5 MiB, whichever is more', () => {
    expect(relayCredits(0)).toBe(1); // sessions_relayed left out is 1
    expect(relayCredits(0, 0)).toBe(0);
    expect(relayCredits(1, 0)).toBe(1); // ceil(1 / 5 MiB)
    expect(relayCredits(5 * MIB, 0)).toBe(1);
    expect(relayCredits(5 * MIB + 1, 0)).toBe(2);
    expect(relayCredits(100 * MIB, 3)).toBe(20); // max(3, 100 / 5)
    expect(relayCredits(100 * MIB, 30)).toBe(30);
  });

  it('of storage are 10 per GiB, rounded down, and 2 per chunk', () => {
    expect(storageCredits(0, GIB - 1)).toBe(9); // floor(9.99…)
    expect(storageCredits(3, GIB)).toBe(16); // 10 + 6
    expect(storageCredits(7, 1.25 * GIB)).toBe(26); // floor(12.5) + 14
  });

  it('of validation are 5 per session', () => {
    expect(validationCredits(0)).toBe(0);
    expect(validationCredits(4)).toBe(20);
  });

  it('are exact for every count, and stop at 2^53 − 1', () => {
    fc.assert(
      fc.property(anyCount, anyCount, (a, b) => {
        const [x, y] = [BigInt(a), BigInt(b)];
        const shares = (x + BigInt(5 * MIB) - 1n) / BigInt(5 * MIB);
        expect(relayCredits(a, b)).toBe(limited(shares > y ? shares : y));
        expect(storageCredits(b, a)).toBe(limited((10n * x) / BigInt(GIB) + 2n * y));
        expect(validationCredits(a)).toBe(limited(5n * x));
      }),
    );
  });
});
