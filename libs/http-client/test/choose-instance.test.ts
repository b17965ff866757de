import { seededRandom } from '@lucid/clock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidate, chooseInstance } from '../src/choose-instance.ts';

const random = seededRandom('choose');
const instances = (count: number, inFlight = 0): Candidate[] =>
  Array.from({ length: count }, (_none, index) => ({
    key: `10.0.0.${index}:80`,
    inFlight,
    coolUntilMs: 0,
    drainingUntilMs: 0,
  }));
const choose = (
  candidates: readonly Candidate[],
  more: { hashKey?: string; tried?: Candidate[]; nowMs?: number } = {},
) =>
  chooseInstance({
    candidates,
    tried: new Set(more.tried),
    nowMs: more.nowMs ?? 0,
    random,
    hashKey: more.hashKey,
  });

describe('balancing', () => {
  it('spreads evenly over idle instances', () => {
    const candidates = instances(5);
    const counts = new Map<Candidate | undefined, number>();
    for (let call = 0; call < 5000; call++) {
      const chosen = choose(candidates);
      counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
    }
    for (const candidate of candidates) expect(counts.get(candidate)).toBeGreaterThan(850);
  });

  it('never takes the busiest of several', () => {
    const [busy, ...idle] = instances(3);
    if (!busy) return;
    const candidates = [{ ...busy, inFlight: 9 }, ...idle];
    for (let call = 0; call < 500; call++) expect(choose(candidates)?.inFlight).toBe(0);
  });

  it('passes over instances that just refused or were tried, while there are others', () => {
    const [first, second, third] = instances(3);
    if (!first || !second || !third) return;
    const cool = { ...first, coolUntilMs: 500 };
    for (let call = 0; call < 100; call++) {
      expect(choose([cool, second, third], { tried: [second], nowMs: 499 })).toBe(third);
    }
    expect(choose([cool], { nowMs: 499 })).toBe(cool);
    expect(choose([second], { tried: [second] })).toBe(second);
    expect(choose([])).toBeUndefined();
    const reached = new Set(Array.from({ length: 100 }, () => choose([cool, second], { nowMs: 500 })));
    expect(reached.size).toBe(2);
  });

  it('spares instances that drain, while there are others, but keeps calls with a key there', () => {
    const [first, second] = instances(2);
    if (!first || !second) return;
    const both = [{ ...first, drainingUntilMs: 500 }, second];
    for (let call = 0; call < 100; call++) expect(choose(both, { nowMs: 499 })).toBe(second);
    const hashKey = ['a', 'b', 'c', 'd', 'e', 'f'].find(
      (key) => choose([first, second], { hashKey: key }) === first,
    );
    expect(choose(both, { nowMs: 499, hashKey: hashKey ?? '' })).toBe(both[0]);
    const reached = new Set(Array.from({ length: 100 }, () => choose(both, { nowMs: 500 })));
    expect(reached.size).toBe(2);
  });
});

describe('routing by key', () => {
  const keys = Array.from({ length: 5000 }, () => random.uuid());

  it('spreads keys evenly', () => {
    const candidates = instances(5);
    const counts = new Map<string, number>();
    for (const hashKey of keys) {
      const key = choose(candidates, { hashKey })?.key ?? '';
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
    expect(counts.size).toBe(5);
  });

  it('does not depend on order, and moves only the keys of an instance that left', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 10 }), fc.nat(), fc.uuid(), (count, seed, hashKey) => {
        const candidates = instances(count);
        const chosen = choose(candidates, { hashKey });
        expect(choose(candidates.toReversed(), { hashKey })).toBe(chosen);
        const gone = candidates[seed % count];
        const rest = candidates.filter((candidate) => candidate !== gone);
        const then = choose(rest, { hashKey });
        if (chosen !== gone) expect(then).toBe(chosen);
        else expect(then).toBe(choose(candidates, { hashKey, tried: [chosen as Candidate] }));
      }),
    );
  });
});
