import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createWorkBook,
  type TaskProofData,
  tallyData,
  tallyOf,
  tallyOfWork,
  tieBreak,
} from '../src/index.ts';
import { beacon, EPOCH, FIRST_SLOT, proofOfType, relay, storage, validation } from './support.ts';

const seed = 'ab'.repeat(32);
const DAY = 720;

/** Full uptime of a node in the first so many slots of the window. */
const beacons = (node: string, slots: number): TaskProofData[] =>
  Array.from({ length: slots }, (_, i) => beacon(node, FIRST_SLOT - 7 * DAY + i));
const entriesOf = (proofs: Iterable<TaskProofData & { block_slot?: number }>, epoch = EPOCH) =>
  tallyOf({ epoch, seed, proofs }).entries;

describe('the tally of an epoch', () => {
  it('is credits times uptime over seven days, in whole millionths', () => {
    const proofs = [
      // a: 40 + 10 + 2 · 5 = 60 credits; 3780 of 5040 beacons: uptime 0.75; live 45
      ...beacons('a', 3780),
      relay('a', FIRST_SLOT - 10, 40),
      storage('a', FIRST_SLOT - 10, 5),
      validation('a', FIRST_SLOT - 10, 2),
      // b: 7 credits; uptime 2520 · 120 / 604800 = 0.5; live 3.5
      ...beacons('b', 2520),
      relay('b', FIRST_SLOT - 10, 7),
      // c: 1000 credits; one beacon: 120 / 604800 = 0.000198412…, live 0.198413 (0.19841269…)
      beacon('c', FIRST_SLOT - 1),
      relay('c', FIRST_SLOT - 1, 1000),
    ];
    expect(entriesOf(proofs)).toEqual([
      {
        entity_id: 'a',
        rank: 1,
        eligible: true,
        credits: 60,
        relay: 40,
        storage: 10,
        validation: 10,
        uptime_millionths: 750_000,
        live_millionths: 45_000_000,
      },
      {
        entity_id: 'b',
        rank: 2,
        eligible: true,
        credits: 7,
        relay: 7,
        storage: 0,
        validation: 0,
        uptime_millionths: 500_000,
        live_millionths: 3_500_000,
      },
      {
        entity_id: 'c',
        rank: 3,
        eligible: false,
        credits: 1000,
        relay: 1000,
        storage: 0,
        validation: 0,
        uptime_millionths: 198,
        live_millionths: 198_413,
      },
    ]);
  });

  it('calls eligible who has credits and 33.6 hours of uptime, tested on the uptime', () => {
    // 0.2 · 604800 s = 120960 s = 1008 beacons of 120 s.
    const credit = (node: string) => relay(node, FIRST_SLOT - 1, 1);
    const eligible = (proofs: TaskProofData[]) => entriesOf(proofs)[0]?.eligible;
    expect(eligible([...beacons('a', 1008), credit('a')])).toBe(true);
    // One second less rounds to 0.199998, a great many credits do not help.
    expect(eligible([...beacons('a', 1007), beacon('a', FIRST_SLOT - 1, 119), credit('a')])).toBe(false);
    expect(eligible([...beacons('a', 1007), relay('a', FIRST_SLOT - 1, 10 ** 9)])).toBe(false);
    expect(eligible(beacons('a', 5040))).toBe(false);
  });

  it('counts the slots of the seven days before the epoch and no other', () => {
    const at = (slot: number) => entriesOf([relay('a', slot, 1)]).length;
    expect(at(FIRST_SLOT - 7 * DAY - 1)).toBe(0);
    expect(at(FIRST_SLOT - 7 * DAY)).toBe(1);
    expect(at(FIRST_SLOT - 1)).toBe(1);
    expect(at(FIRST_SLOT)).toBe(0);
  });

  it('counts a proof that came in a block of the next day from the tally after', () => {
    const late = { ...relay('a', FIRST_SLOT - 1, 3), block_slot: FIRST_SLOT + 1 };
    const early = { ...relay('a', FIRST_SLOT, 4), block_slot: FIRST_SLOT - 2 };
    expect(entriesOf([late, early])).toEqual([]);
    expect(entriesOf([late, early], EPOCH + 1)).toMatchObject([{ entity_id: 'a', relay: 7 }]);
    expect(entriesOf([late, early], EPOCH + 6)).toMatchObject([{ entity_id: 'a', relay: 7 }]);
    expect(entriesOf([late, early], EPOCH + 7)).toMatchObject([{ entity_id: 'a', relay: 4 }]);
    expect(entriesOf([late, early], EPOCH + 8)).toEqual([]);
  });

  it('counts the last storage proof of a node and day alone', () => {
    const day = FIRST_SLOT - 3 * DAY;
    const proofs = [
      storage('a', day + 719, 10), // last of its day: 20
      storage('a', day + 5, 500),
      storage('a', day + 720, 30), // first and only of the next: 60
    ];
    expect(entriesOf(proofs)).toMatchObject([{ storage: 80, credits: 80 }]);
    // Of two nodes of a pool each has its own last proof: 2 · 1 + 2 · 2.
    const pooled = [storage('a', day, 1), storage('b', day + 1, 2)].map((proof) => ({
      ...proof,
      pool_id: 'p',
    }));
    expect(entriesOf(pooled)).toMatchObject([{ entity_id: 'p', storage: 6 }]);
  });

  it('takes the late one for the last storage proof of its day once it counts', () => {
    const proofs = [
      storage('a', FIRST_SLOT - 5, 1),
      { ...storage('a', FIRST_SLOT - 1, 9), block_slot: FIRST_SLOT },
    ];
    expect(entriesOf(proofs)).toMatchObject([{ storage: 2 }]);
    expect(entriesOf(proofs, EPOCH + 1)).toMatchObject([{ storage: 18 }]);
  });

  it('takes the larger of two storage proofs for one slot, which no chain holds', () => {
    const [less, more] = [storage('a', FIRST_SLOT - 1, 1), storage('a', FIRST_SLOT - 1, 2)];
    expect(entriesOf([less, more])).toMatchObject([{ storage: 4 }]);
    expect(entriesOf([more, less])).toMatchObject([{ storage: 4 }]);
  });

  it('counts no node as up for more than the whole window', () => {
    const twice = [...beacons('a', 5040), ...beacons('a', 5040), relay('b', FIRST_SLOT - 1, 1)];
    const pooled = twice.map((proof) => ({ ...proof, pool_id: 'p' }));
    expect(entriesOf(pooled)).toMatchObject([{ uptime_millionths: 500_000 }]);
  });

  it('ranks all who are eligible before all who are not', () => {
    // a: 1 credit, uptime 0.2, live 0.2. b: 1000 credits, uptime 0.1, live 100.
    const proofs = [
      ...beacons('a', 1008),
      relay('a', FIRST_SLOT - 1, 1),
      ...beacons('b', 504),
      relay('b', FIRST_SLOT - 1, 1000),
    ];
    expect(entriesOf(proofs)).toMatchObject([
      { entity_id: 'a', rank: 1, eligible: true, live_millionths: 200_000 },
      { entity_id: 'b', rank: 2, eligible: false, live_millionths: 100_000_000 },
    ]);
  });

  it('gives a pool the sum of the credits and the mean of the uptimes of its members', () => {
    const of = (proofs: TaskProofData[]) => proofs.map((proof) => ({ ...proof, pool_id: 'p' }));
    const proofs = of([
      ...beacons('a', 5040), // 1
      ...beacons('b', 1260), // 0.25
      relay('c', FIRST_SLOT - 1, 8), // 0
    ]);
    // (1 + 0.25 + 0) / 3 = 0.41666…; live 8 · 0.41666… = 3.33333…
    expect(entriesOf(proofs)).toMatchObject([
      { entity_id: 'p', credits: 8, uptime_millionths: 416_667, live_millionths: 3_333_333, eligible: true },
    ]);
  });

  it('breaks ties by SHA-256(seed ‖ be64(epoch) ‖ entity id)', () => {
    const bytes = Buffer.concat([
      Buffer.from(seed, 'hex'),
      Buffer.from('0000000000000064', 'hex'),
      Buffer.from('a'),
    ]);
    expect(tieBreak(seed, 100, 'a')).toBe(hash('sha256', bytes, 'hex'));
    const nodes = Array.from({ length: 20 }, (_, i) => `node-${i}`);
    const entries = entriesOf(nodes.map((node) => relay(node, FIRST_SLOT - 1, 1)));
    const byTie = nodes.toSorted((a, b) => (tieBreak(seed, EPOCH, a) < tieBreak(seed, EPOCH, b) ? -1 : 1));
    expect(entries.map(({ entity_id }) => entity_id)).toEqual(byTie);
    const other = tallyOf({
      epoch: EPOCH,
      seed: 'cd'.repeat(32),
      proofs: nodes.map((node) => relay(node, FIRST_SLOT - 1, 1)),
    });
    expect(other.entries.map(({ entity_id }) => entity_id)).not.toEqual(byTie);
  });

  it('stays exact where floating point would not, and stops at 2^53 − 1', () => {
    const max = Number.MAX_SAFE_INTEGER;
    const [entry] = entriesOf([...beacons('a', 5040), relay('a', FIRST_SLOT - 1, 9_007_199_253)]);
    expect(entry?.live_millionths).toBe(9_007_199_253_000_000);
    const proofs = [
      ...beacons('a', 5040),
      relay('a', FIRST_SLOT - 1, max),
      validation('a', FIRST_SLOT - 1, max),
    ];
    expect(entriesOf(proofs)).toMatchObject([
      { credits: max, relay: max, validation: max, live_millionths: max, uptime_millionths: 1_000_000 },
    ]);
  });

  it('puts the entries of the validators on the chain and a hash over all', () => {
    const proofs = ['x', 'v01', 'y'].map((node, i) => relay(node, FIRST_SLOT - 1, 10 - i));
    const tally = tallyOf({ epoch: EPOCH, seed, proofs });
    const data = tallyData(tally, ['v01', 'v02']);
    expect(data).toEqual({
      kind: 'tally',
      epoch: EPOCH,
      entries: [tally.entries.find((e) => e.entity_id === 'v01')],
      hash: tally.hash,
    });
    const without = tallyOf({ epoch: EPOCH, seed, proofs: proofs.slice(0, 2) });
    expect(without.hash).not.toBe(tally.hash);
  });
});

const anyProof = fc
  .record({
    node: fc.constantFrom('a', 'b', 'c', 'd'),
    type: fc.constantFrom('uptime_beacon', 'relay_bandwidth', 'storage_availability', 'validation_signature'),
    slot: fc.integer({ min: FIRST_SLOT - 8 * DAY, max: FIRST_SLOT + 2 }),
    value: fc.oneof(fc.nat(1000), fc.maxSafeNat()),
    distance: fc.integer({ min: -2, max: 2 }),
  })
  .map(({ node, type, slot, value, distance }) => ({
    ...proofOfType[type](node, slot, value),
    ...(node < 'c' && { pool_id: 'pool' }),
    block_slot: slot + distance,
  }));

describe('the accumulator', () => {
  it('comes to the same tally in every order of the proofs', () => {
    const twoOrders = fc
      .array(anyProof, { maxLength: 60 })
      .chain((proofs) =>
        fc.tuple(fc.constant(proofs), fc.shuffledSubarray(proofs, { minLength: proofs.length })),
      );
    fc.assert(
      fc.property(twoOrders, ([one, other]) => {
        expect(tallyOf({ epoch: EPOCH, seed, proofs: other })).toEqual(
          tallyOf({ epoch: EPOCH, seed, proofs: one }),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('goes on from its cells as if nothing had happened', () => {
    fc.assert(
      fc.property(fc.array(anyProof, { maxLength: 60 }), fc.nat(60), (proofs, cut) => {
        const whole = createWorkBook();
        for (const proof of proofs) whole.add(proof, proof.block_slot);
        const first = createWorkBook();
        for (const proof of proofs.slice(0, cut)) first.add(proof, proof.block_slot);
        const second = createWorkBook(JSON.parse(JSON.stringify(first.cells())));
        for (const proof of proofs.slice(cut)) second.add(proof, proof.block_slot);
        expect(second.cells()).toEqual(whole.cells());
        expect(tallyOfWork(EPOCH, seed, second.window(EPOCH))).toEqual(
          tallyOfWork(EPOCH, seed, whole.window(EPOCH)),
        );
      }),
    );
  });

  it('forgets what no later tally asks for, and only that', () => {
    const book = createWorkBook();
    for (const proof of [relay('a', FIRST_SLOT - 7 * DAY - 1, 1), relay('a', FIRST_SLOT - 7 * DAY, 2)]) {
      book.add(proof, proof.slot);
    }
    book.prune(EPOCH - 7);
    expect(book.cells()).toMatchObject([{ day: EPOCH - 7, relay: 2 }]);
  });
});
