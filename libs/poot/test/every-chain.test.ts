import { epochOfSlot } from '@lucid/ledger';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPootState, type PootState, restorePootState, tallyOf } from '../src/index.ts';
import { anySteps, drive } from './chain-driver.ts';
import { throughJson } from './support.ts';

const answersOf = (state: PootState) => {
  const { slot } = state.tip;
  const soon = Array.from({ length: 20 }, (_, i) => state.leadersOf(slot + i));
  const tallies = [0, 1, 720, 1440].map((on) => [state.tallyDue(slot + on), state.fullTally(slot + on)]);
  return { soon, tallies, nodes: state.nodes(), inForce: state.tallyInForce(slot + 1) };
};

describe('for every chain', () => {
  it('two folds of the same blocks give equal snapshots and equal answers', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const { genesis, blocks, state } = drive(steps);
        const other = createPootState(genesis);
        for (const block of blocks) other.fold(block);
        expect(JSON.stringify(other.snapshot())).toBe(JSON.stringify(state.snapshot()));
        expect(answersOf(other)).toEqual(answersOf(state));
      }),
    );
  });

  it('a state restored after every single block goes on as if nothing had happened', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const { genesis, blocks } = drive(steps);
        const straight = createPootState(genesis);
        let restored = createPootState(genesis);
        for (const block of blocks) {
          const expected = straight.fold(block);
          expect(restored.fold(block)).toEqual(expected);
          restored = restorePootState(genesis, throughJson(restored.snapshot()));
          expect(JSON.stringify(restored.snapshot())).toBe(JSON.stringify(straight.snapshot()));
        }
        expect(answersOf(restored)).toEqual(answersOf(straight));
      }),
    );
  });

  it('asking changes nothing', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const { genesis, blocks, state } = drive(steps);
        const asked = createPootState(genesis);
        for (const block of blocks) {
          answersOf(asked);
          asked.fold(block);
        }
        expect(answersOf(asked)).toEqual(answersOf(state));
        expect(asked.snapshot()).toEqual(state.snapshot());
      }),
    );
  });

  it('the tally is that of the list of all proofs that held', () => {
    fc.assert(
      fc.property(anySteps, fc.nat(2), (steps, ahead) => {
        const { genesis, blocks } = drive(steps);
        const state = createPootState(genesis);
        const proofs = blocks.flatMap((block) =>
          state.fold(block).proofs.map((proof) => ({ ...proof, block_slot: block.header.slot })),
        );
        const slot = state.tip.slot + ahead * 720;
        const epoch = epochOfSlot(slot);
        const before = [genesis, ...blocks].filter(({ header }) => header.epoch < epoch);
        const seed = (before.at(-7) ?? genesis).hash;
        expect(state.fullTally(slot)).toEqual(tallyOf({ epoch, seed, proofs }));
      }),
    );
  });

  it('no proof counts twice and no node has two keys', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const { genesis, blocks } = drive(steps);
        const state = createPootState(genesis);
        const outcomes = blocks.map((block) => state.fold(block));
        const proofs = outcomes.flatMap(({ proofs }) =>
          proofs.map((p) => `${p.node_id} ${p.slot} ${p.type}`),
        );
        expect(new Set(proofs).size).toBe(proofs.length);
        const keys = state.nodes().map(({ public_key }) => public_key);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });
});
