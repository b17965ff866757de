import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalHash,
  fallbackOfView,
  genesisBlock,
  signVote,
  slotOfView,
  type UnsignedVote,
  VIEWS_PER_SLOT,
  verifyVote,
  viewOf,
  voteHash,
} from '../src/index.ts';
import { CONFIG, keyA, keyB } from './support.ts';

const GENESIS = genesisBlock(CONFIG).hash;
const draft: UnsignedVote = {
  phase: 'prevote',
  height: 7,
  view: 41,
  block_hash: 'ab'.repeat(32),
  validator: 'node-a',
};

describe('views', () => {
  it('name a slot and a fallback, in the order in which they come', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), fc.nat(VIEWS_PER_SLOT - 1), (slot, fallback) => {
        const view = viewOf(slot, fallback);
        expect([slotOfView(view), fallbackOfView(view)]).toEqual([slot, fallback]);
        expect(viewOf(slot + 1, 0)).toBeGreaterThan(view);
      }),
    );
  });
});

describe('a vote', () => {
  it('is signed over its chain and all that it says', () => {
    expect(voteHash(draft, GENESIS)).toBe(
      canonicalHash({
        kind: 'vote',
        genesis_hash: GENESIS,
        phase: 'prevote',
        height: 7,
        view: 41,
        block_hash: 'ab'.repeat(32),
        validator: 'node-a',
      }),
    );
  });

  it('holds for the key that signed it, also when it is for nothing', () => {
    for (const block_hash of [draft.block_hash, null]) {
      const vote = signVote({ ...draft, block_hash }, GENESIS, keyA);
      expect(verifyVote(JSON.parse(JSON.stringify(vote)), GENESIS, keyA.publicKey)).toBe(true);
      expect(verifyVote(vote, GENESIS, keyB.publicKey)).toBe(false);
    }
  });

  it.each<[string, Partial<UnsignedVote>]>([
    ['phase', { phase: 'precommit' }],
    ['height', { height: 8 }],
    ['view', { view: 42 }],
    ['block', { block_hash: 'ba'.repeat(32) }],
    ['block, when it becomes nothing', { block_hash: null }],
    ['validator', { validator: 'node-b' }],
  ])('does not hold with another %s', (_name, over) => {
    const vote = signVote(draft, GENESIS, keyA);
    expect(verifyVote({ ...vote, ...over }, GENESIS, keyA.publicKey)).toBe(false);
  });

  it('does not hold on another chain, nor with any bit of its signature changed', () => {
    const vote = signVote(draft, GENESIS, keyA);
    expect(verifyVote(vote, 'cd'.repeat(32), keyA.publicKey)).toBe(false);
    for (let digit = 0; digit < 128; digit += 9) {
      const changed = (Number.parseInt(vote.signature[digit] ?? '', 16) ^ 1).toString(16);
      const signature = vote.signature.slice(0, digit) + changed + vote.signature.slice(digit + 1);
      expect(verifyVote({ ...vote, signature }, GENESIS, keyA.publicKey)).toBe(false);
    }
  });

  it('carries nothing but its own fields into the signed form', () => {
    const vote = signVote({ ...draft, extra: 1 } as UnsignedVote, GENESIS, keyA);
    expect(Object.keys(vote).sort()).toEqual([
      'block_hash',
      'height',
      'phase',
      'signature',
      'validator',
      'view',
    ]);
  });
});
