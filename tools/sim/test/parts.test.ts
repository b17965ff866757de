import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommandLine, WrongUse } from '../src/command-line.ts';
import { scenarioOf } from '../src/consensus/scenario.ts';
import { EventQueue } from '../src/event-queue.ts';
import { Prng } from '../src/prng.ts';

describe('the event queue', () => {
  it('lets events happen by time, and those of one moment in the order they were planned in', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 200 }), (delays) => {
        const queue = new EventQueue(100);
        const happened: { readonly delay: number; readonly index: number }[] = [];
        for (const [index, delay] of delays.entries())
          queue.after(delay, () => {
            expect(queue.nowMs).toBe(100 + delay);
            happened.push({ delay, index });
          });
        while (queue.step(120));
        const planned = delays.map((delay, index) => ({ delay, index }));
        expect(happened).toEqual(planned.sort((a, b) => a.delay - b.delay || a.index - b.index));
      }),
    );
  });

  it('stops at the time it is told, with what is later still to come', () => {
    const queue = new EventQueue(0);
    let happened = 0;
    queue.after(10, () => happened++);
    expect(queue.step(9)).toBe(false);
    expect([queue.nowMs, happened]).toEqual([9, 0]);
    expect(queue.step(10)).toBe(true);
    expect(happened).toBe(1);
  });
});

describe('the random source', () => {
  it('gives the same numbers for a seed, other ones for another, spread evenly', () => {
    const draw = (seed: number) => {
      const random = new Prng(seed);
      return Array.from({ length: 10_000 }, () => random.fraction());
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    const tenths = new Array<number>(10).fill(0);
    for (const value of draw(3)) tenths[Math.floor(value * 10)] = (tenths[Math.floor(value * 10)] ?? 0) + 1;
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe('scenarios', () => {
  it('never have a third of liars, and draw every number of validators, fault and habit', () => {
    const seen = { counts: new Set<number>(), faults: new Set<string>(), habits: new Set<string>(), real: 0 };
    for (let seed = 1; seed <= 300; seed++) {
      const { validatorCount, liars, appetite, realSignatures } = scenarioOf(seed);
      expect(liars.size * 3).toBeLessThan(validatorCount);
      seen.counts.add(validatorCount);
      for (const [fault, weight] of Object.entries(appetite)) if (weight > 0) seen.faults.add(fault);
      for (const habits of liars.values()) for (const habit of habits) seen.habits.add(habit);
      if (realSignatures) seen.real++;
    }
    expect([...seen.counts].sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect([seen.faults.size, seen.habits.size, seen.real]).toEqual([7, 11, 1]);
  });
});

describe('the command line', () => {
  it('has a size for every day', () => {
    expect(parseCommandLine(['consensus'])).toMatchObject({ seeds: 300, from: 1, trace: false, json: false });
  });

  it('replays one seed', () => {
    const wish = parseCommandLine(['consensus', '--seed', '4711', '--validators', '4', '--trace']);
    expect(wish).toMatchObject({ seed: 4711, validators: 4, trace: true });
  });

  it.each([
    [[], 'there is: consensus'],
    [['consensus', '--seeds', '0'], 'a whole number from 1'],
    [['consensus', '--seeds', 'many'], 'a whole number'],
    [['consensus', '--trace'], 'of one --seed'],
    [['consensus', '--more'], "unknown option '--more'"],
    [['weather'], 'weather'],
  ])('says what is wrong with %j', (args, words) => {
    expect(() => parseCommandLine(args)).toThrow(WrongUse);
    expect(() => parseCommandLine(args)).toThrow(words);
  });
});
