import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyBundle } from '../src/index.ts';
import { aProofBundle } from '../src/testing.ts';

const { bundle, genesisHash } = aProofBundle();

describe('every value of a bundle', () => {
  it('counts: altering it is seen, save for the date of packing', async () => {
    const leaves = leavesOf(bundle).filter((leaf) => leaf.join('.') !== 'created_at');
    expect(leaves.length).toBeGreaterThan(100);
    for (const leaf of leaves) {
      const report = await verifyBundle(alteredAt(bundle, leaf), { pinnedGenesisHash: genesisHash });
      expect([leaf.join('.'), report.ok]).toEqual([leaf.join('.'), false]);
    }
  });

  it('is needed: wherever the text is cut off, it is bundle_format', async () => {
    const text = JSON.stringify(bundle);
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), async (length) => {
        expect((await verifyBundle(text.slice(0, length))).failed_step).toBe('bundle_format');
      }),
    );
  });
});

type Path = (string | number)[];

/** Paths of all values that are neither objects nor lists. */
function leavesOf(value: unknown, at: Path = []): Path[] {
  if (Array.isArray(value)) return value.flatMap((member, i) => leavesOf(member, [...at, i]));
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([key, member]) => leavesOf(member, [...at, key]));
}

/** A copy in which one value is another of the same kind: a digit turned, a number one higher. */
function alteredAt(value: unknown, [step, ...rest]: Path): unknown {
  if (step === undefined) {
    if (typeof value === 'number') return value + 1;
    return String(value).replace(/[0-9a-z](?=[^0-9a-z]*$)/, (c) => (c === '1' ? '2' : '1'));
  }
  if (Array.isArray(value)) return value.map((member, i) => (i === step ? alteredAt(member, rest) : member));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, key === step ? alteredAt(member, rest) : member]),
  );
}
