import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildTree,
  leafHash,
  levelWidths,
  MerkleError,
  type MerkleProof,
  proof,
  verifyProof,
} from '../src/index.ts';

const items = (count: number) =>
  Array.from({ length: count }, (_, i) => leafHash(i.toString(16).padStart(64, '0')));

/** Every alteration a forger could try on one proof. */
function alterations(good: MerkleProof): [string, MerkleProof][] {
  const path = good.proof_path;
  const flip = (hash: string) => (hash.startsWith('0') ? '1' : '0') + hash.slice(1);
  return [
    ['leaf hash', { ...good, leaf_hash: flip(good.leaf_hash) }],
    ['index too high', { ...good, leaf_index: good.leaf_count }],
    ['index negative', { ...good, leaf_index: -1 }],
    ['index fractional', { ...good, leaf_index: good.leaf_index + 0.5 }],
    ['longer path', { ...good, proof_path: [...path, { hash: good.leaf_hash, position: 'right' }] }],
    ['leaf count zero', { ...good, leaf_count: 0 }],
    ...path.flatMap((step, i): [string, MerkleProof][] => [
      [`hash ${i}`, { ...good, proof_path: path.with(i, { ...step, hash: flip(step.hash) }) }],
      [`upper case ${i}`, { ...good, proof_path: path.with(i, { ...step, hash: 'A'.repeat(64) }) }],
      [
        `side ${i}`,
        {
          ...good,
          proof_path: path.with(i, { ...step, position: step.position === 'left' ? 'right' : 'left' }),
        },
      ],
      [`without ${i}`, { ...good, proof_path: path.toSpliced(i, 1) }],
    ]),
  ];
}

describe('merkle proof', () => {
  it('holds for every leaf of every small tree', () => {
    for (let count = 1; count <= 33; count++) {
      const tree = buildTree(items(count));
      for (let i = 0; i < count; i++) expect(verifyProof(tree.root, proof(tree, i))).toBe(true);
    }
  });

  it('does not hold after any alteration', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), (count, pick) => {
        const tree = buildTree(items(count));
        const good = proof(tree, pick % count);
        for (const [name, altered] of alterations(good)) {
          expect(verifyProof(tree.root, altered), name).toBe(false);
        }
      }),
    );
  });

  it('does not hold for another index, even with the same path', () => {
    const tree = buildTree(items(8));
    for (let index = 0; index < 8; index++) {
      expect(verifyProof(tree.root, { ...proof(tree, 5), leaf_index: index })).toBe(index === 5);
    }
  });

  it('refuses a leaf count whose tree gives that index another path', () => {
    const tree = buildTree(items(5));
    expect(verifyProof(tree.root, { ...proof(tree, 4), leaf_count: 9 })).toBe(false);
    expect(verifyProof(tree.root, { ...proof(tree, 4), leaf_count: 2 ** 20 + 1 })).toBe(false);
  });

  it('does not hold against another root or a root that is no hash', () => {
    const tree = buildTree(items(3));
    expect(verifyProof(leafHash(tree.root), proof(tree, 0))).toBe(false);
    expect(verifyProof('', proof(tree, 0))).toBe(false);
  });

  it('cannot be made for a leaf that is not there', () => {
    const tree = buildTree(items(3));
    for (const index of [-1, 3, 0.5, Number.NaN]) expect(() => proof(tree, index)).toThrow(MerkleError);
  });
});

it('says how wide the levels of a tree are, as they come out when it is built', () => {
  for (let count = 1; count <= 70; count++) {
    const { levels } = buildTree(items(count));
    expect(levelWidths(count)).toEqual(levels.map((level) => level.length / 32));
  }
});
