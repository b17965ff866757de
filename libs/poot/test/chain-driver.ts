import type { Block, SignedHeader, Transaction } from '@lucid/ledger';
import fc from 'fast-check';
import { createPootState, type PootState, type TaskProofType } from '../src/index.ts';
import { blockAfter, genesisOf, keyOf, names, proofOfType, unsignedTx } from './support.ts';

export const VALIDATORS = 3;
const NODES = 4;
const TYPES: readonly TaskProofType[] = [
  'uptime_beacon',
  'relay_bandwidth',
  'storage_availability',
  'validation_signature',
];

export interface ProofStep {
  readonly node: number;
  readonly type: TaskProofType;
  readonly value: number;
  readonly distance: number;
  readonly pooled: boolean;
}

/** One block: how far on, by whom, and what is in it. Much of it does not hold, as on a chain of liars. */
export interface Step {
  readonly slots: number;
  readonly leader: number;
  readonly fallbackIndex: number;
  readonly register: number | undefined;
  readonly proofs: readonly ProofStep[];
  readonly withTally: boolean;
}

/** Mostly the same slot or the next few; at times days ahead, so that epochs begin and windows move on. */
const anyGap = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 2 }) },
  { weight: 2, arbitrary: fc.integer({ min: 100, max: 900 }) },
  { weight: 1, arbitrary: fc.integer({ min: 3000, max: 6000 }) },
);

export const anySteps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    slots: anyGap,
    leader: fc.nat(VALIDATORS - 1),
    fallbackIndex: fc.nat(2),
    register: fc.option(fc.nat(NODES - 1), { nil: undefined }),
    proofs: fc.array(
      fc.record({
        node: fc.nat(VALIDATORS + NODES - 1),
        type: fc.constantFrom(...TYPES),
        value: fc.nat(100_000),
        distance: fc.integer({ min: -3, max: 3 }),
        pooled: fc.boolean(),
      }),
      { maxLength: 6 },
    ),
    withTally: fc.boolean(),
  }),
  { maxLength: 30 },
);

/** The transactions of a step; the tally is the one that is due where there is one. */
function transactionsOf(step: Step, slot: number, state: PootState): Transaction[] {
  const due = step.withTally ? state.tallyDue(slot) : undefined;
  return [
    ...(due ? [unsignedTx(due, keyOf(1 + step.leader))] : []),
    ...(step.register === undefined ? [] : [registration(step.register, step.leader)]),
    ...step.proofs.map((proof) => proofTx(proof, slot)),
  ];
}

function registration(node: number, leader: number): Transaction {
  const data = {
    kind: 'node_registration',
    node_id: `n${node}`,
    public_key: keyOf(100 + node).publicKey,
    ...(node % 2 === 1 && { pool_id: node === 1 ? 'v01' : 'pool' }),
  };
  return unsignedTx(data, keyOf(1 + leader));
}

function proofTx({ node, type, value, distance, pooled }: ProofStep, slot: number): Transaction {
  const own = node - VALIDATORS;
  const name = own < 0 ? (names(VALIDATORS)[node] ?? '') : `n${own}`;
  const pool = pooled && own >= 0 && own % 2 === 1 ? { pool_id: own === 1 ? 'v01' : 'pool' } : {};
  const key = keyOf(own < 0 ? 1 + node : 100 + own);
  return unsignedTx({ ...proofOfType[type](name, slot + distance, value), ...pool }, key);
}

export interface Driven {
  readonly genesis: Block;
  readonly blocks: readonly Block[];
  readonly state: PootState;
}

/** The chain of these steps and the state after it. */
export function drive(steps: readonly Step[], genesis = genesisOf(VALIDATORS)): Driven {
  const state = createPootState(genesis);
  const blocks: Block[] = [];
  let parent: SignedHeader = genesis;
  for (const step of steps) {
    const slot = parent.header.slot + step.slots;
    const block = blockAfter(parent, {
      slot,
      validator: names(VALIDATORS)[step.leader] ?? '',
      fallbackIndex: step.fallbackIndex,
      transactions: transactionsOf(step, slot, state),
    });
    state.fold(block);
    blocks.push(block);
    parent = block;
  }
  return { genesis, blocks, state };
}
