import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LeaderInput, leaderAt, leadersOf } from '../src/index.ts';
import { names, ranked } from './support.ts';

const tallyOf = (entities: readonly string[]) => ({ epoch: 1, entries: ranked(entities) });
const queueOf = (slot: number, input: LeaderInput) => {
  const { primary, fallbacks } = leadersOf(slot, input);
  return [primary, ...fallbacks];
};

describe('the schedule of a slot', () => {
  it('lets the genesis validators take turns while nobody is eligible', () => {
    const validators = names(3);
    // 1000 mod 3 = 1
    expect(leadersOf(1000, { validators, wins: [] })).toEqual({
      slot: 1000,
      epoch: 1,
      primary: 'v02',
      fallbacks: ['v03', 'v01'],
      views: 3,
      basis: 'bootstrap',
    });
    const nobody = ranked(['v01']).map((entry) => ({ ...entry, eligible: false }));
    expect(leadersOf(1001, { validators, wins: [], tally: { epoch: 1, entries: nobody } })).toMatchObject({
      primary: 'v03',
      basis: 'bootstrap',
      tally_epoch: 1,
    });
  });

  it('of one validator is that validator, cooldown 0', () => {
    const input = { validators: ['v01'], tally: tallyOf(['v01']), wins: [{ slot: 9, winner: 'v01' }] };
    expect(leadersOf(10, input)).toMatchObject({ primary: 'v01', fallbacks: [], views: 1, basis: 'tally' });
  });

  it('of two alternates, cooldown 1', () => {
    const base = { validators: names(2), tally: tallyOf(['v02', 'v01']) };
    expect(queueOf(10, { ...base, wins: [] })).toEqual(['v02', 'v01']);
    expect(queueOf(10, { ...base, wins: [{ slot: 9, winner: 'v02' }] })).toEqual(['v01', 'v02']);
    // v02 won two slots ago and rested one: it is first by rank again.
    const wins = [
      { slot: 8, winner: 'v02' },
      { slot: 9, winner: 'v01' },
    ];
    expect(queueOf(10, { ...base, wins })).toEqual(['v02', 'v01']);
  });

  it('of three puts those who rest last, oldest win first, cooldown 2', () => {
    const base = { validators: names(3), tally: tallyOf(['v03', 'v01', 'v02']) };
    const wins = [
      { slot: 7, winner: 'v02' }, // 7 < 10 − 2: no longer counts
      { slot: 8, winner: 'v03' },
      { slot: 9, winner: 'v01' },
    ];
    expect(queueOf(10, { ...base, wins })).toEqual(['v02', 'v03', 'v01']);
    // The other way round v01 has rested for longer, whatever the ranks and the order in which the wins are told.
    const others = [
      { slot: 9, winner: 'v03' },
      { slot: 8, winner: 'v01' },
    ];
    expect(queueOf(10, { ...base, wins: others })).toEqual(['v02', 'v01', 'v03']);
  });

  it('counts the latest win of one that won twice', () => {
    const base = { validators: names(3), tally: tallyOf(['v01', 'v02', 'v03']) };
    const wins = [
      { slot: 8, winner: 'v01' },
      { slot: 9, winner: 'v01' },
    ];
    expect(queueOf(10, { ...base, wins })).toEqual(['v02', 'v03', 'v01']);
  });

  it('of seventeen has everybody lead once in 17 slots, cooldown 16', () => {
    const validators = names(17);
    const tally = tallyOf(validators.toReversed());
    const wins: Array<{ slot: number; winner: string }> = [];
    const led = [];
    for (let slot = 100; slot < 134; slot++) {
      const { primary } = leadersOf(slot, { validators, tally, wins });
      wins.push({ slot, winner: primary });
      led.push(primary);
    }
    const round = validators.toReversed();
    expect(led).toEqual([...round, ...round]);
  });

  it('looks back 16 slots however many are eligible', () => {
    const validators = names(40);
    const base = { validators, tally: tallyOf(validators) };
    expect(queueOf(100, { ...base, wins: [{ slot: 84, winner: 'v01' }] })[0]).toBe('v02');
    expect(queueOf(100, { ...base, wins: [{ slot: 83, winner: 'v01' }] })[0]).toBe('v01');
  });

  it('ignores entities that are no validators, and missed slots', () => {
    const input = { validators: names(3), tally: tallyOf(['pool-x', 'v02', 'node-y', 'v03', 'v01']) };
    // Slots 8 and 9 were missed; the last win that counts is none.
    expect(queueOf(10, { ...input, wins: [{ slot: 7, winner: 'v02' }], lastFilledSlot: 7 })).toEqual([
      'v02',
      'v03',
      'v01',
    ]);
  });

  it('lists five fallbacks and gives three of them a view', () => {
    const leaders = leadersOf(10, { validators: names(9), tally: tallyOf(names(9)), wins: [] });
    expect(leaders.fallbacks).toEqual(['v02', 'v03', 'v04', 'v05', 'v06']);
    expect([0, 1, 2, 3, 4].map((k) => leaderAt(leaders, k))).toEqual(['v01', 'v02', 'v03', 'v04', undefined]);
    const two = leadersOf(10, { validators: names(2), tally: tallyOf(names(2)), wins: [] });
    expect([0, 1, 2].map((k) => leaderAt(two, k))).toEqual(['v01', 'v02', undefined]);
  });

  it('closes the queue with validators that are not eligible, in turns, so that no death ends the chain', () => {
    const input = { validators: names(4), tally: tallyOf(['v03']), wins: [] };
    // 10 mod 4 = 2: turns begin at v03, who is in the queue already.
    expect(queueOf(10, input)).toEqual(['v03', 'v04', 'v01', 'v02']);
    expect(queueOf(12, input)).toEqual(['v03', 'v01', 'v02', 'v04']);
  });

  it('goes on behind those who let a slot pass, where there are more than four', () => {
    const input = { validators: names(13), tally: tallyOf(names(13)), wins: [] };
    expect(queueOf(10, { ...input, lastFilledSlot: 9 })[0]).toBe('v01');
    expect(queueOf(10, { ...input, lastFilledSlot: 8 }).slice(0, 4)).toEqual(['v05', 'v06', 'v07', 'v08']);
    expect(queueOf(10, { ...input, lastFilledSlot: 7 }).slice(0, 4)).toEqual(['v09', 'v10', 'v11', 'v12']);
    expect(queueOf(10, { ...input, lastFilledSlot: 6 }).slice(0, 4)).toEqual(['v13', 'v01', 'v02', 'v03']);
    const four = { validators: names(4), tally: tallyOf(names(4)), wins: [], lastFilledSlot: 3 };
    expect(queueOf(10, four)).toEqual(names(4));
  });

  it('cannot be made without validators', () => {
    expect(() => leadersOf(1, { validators: [], wins: [] })).toThrow(
      expect.objectContaining({ code: 'bad_genesis' }),
    );
  });
});

/** Any history of up to 40 slots before slot 100, all of them filled or not told. */
const anyInput = fc
  .record({ n: fc.integer({ min: 1, max: 25 }), seed: fc.array(fc.nat(), { maxLength: 40 }) })
  .chain(({ n, seed }) =>
    fc.record({
      validators: fc.constant(names(n)),
      eligible: fc.shuffledSubarray(names(n)),
      wins: fc.constant(
        seed
          .map((pick, i) => ({ slot: 99 - i, winner: names(n)[pick % n] ?? '' }))
          .filter(({ slot }) => slot % 7),
      ),
    }),
  )
  .map(({ validators, eligible, wins }) => ({ validators, wins, tally: tallyOf(eligible), eligible }));

describe('for every history', () => {
  it('a cooled entity never leads while an eligible one has rested', () => {
    fc.assert(
      fc.property(anyInput, ({ eligible, ...input }) => {
        fc.pre(eligible.length > 0);
        const from = 100 - Math.min(16, eligible.length - 1);
        const cool = new Set(input.wins.filter(({ slot }) => slot >= from).map(({ winner }) => winner));
        const rested = eligible.filter((entity) => !cool.has(entity));
        // n − 1 slots cannot cool all n: somebody has always rested.
        expect(rested.length).toBeGreaterThan(0);
        expect(leadersOf(100, input).primary).toBe(rested[0]);
      }),
    );
  });

  it('every view has its own leader, and all of them are validators', () => {
    fc.assert(
      fc.property(anyInput, fc.nat(99), (input, lastFilledSlot) => {
        const leaders = leadersOf(100, { ...input, lastFilledSlot });
        const inViews = Array.from({ length: leaders.views }, (_, k) => leaderAt(leaders, k));
        expect(new Set(inViews).size).toBe(Math.min(4, input.validators.length));
        for (const leader of inViews) expect(input.validators).toContain(leader);
      }),
    );
  });

  it('every validator leads within n slots while nobody is eligible', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.nat(10 ** 9), (n, from) => {
        const validators = names(n);
        const led = validators.map((_, i) => leadersOf(from + i, { validators, wins: [] }).primary);
        expect(new Set(led)).toEqual(new Set(validators));
      }),
    );
  });

  it('any two thirds that live produce again within n slots, whoever is dead and whatever the ranks', () => {
    fc.assert(
      fc.property(anyInput, fc.nat(), ({ eligible: _, ...input }, pick) => {
        const { validators } = input;
        const n = validators.length;
        const dead = new Set(
          validators.slice(0, Math.ceil(n / 3) - 1).map((_v, i) => validators[(pick + i) % n]),
        );
        const alive = (slot: number) => {
          const leaders = leadersOf(slot, { ...input, lastFilledSlot: 99 });
          return Array.from({ length: leaders.views }, (_, k) => leaderAt(leaders, k)).some(
            (leader) => !dead.has(leader),
          );
        };
        expect(validators.some((_, i) => alive(100 + i))).toBe(true);
      }),
    );
  });
});
