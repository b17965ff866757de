import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildTree,
  buildTreeFromLeaves,
  createRootAccumulator,
  leafHash,
  MAX_LEAVES,
  MerkleError,
  merkleRoot,
  merkleRootOf,
} from '../src/index.ts';

const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const itemHashes = (count: number) =>
  Array.from({ length: count }, (_, i) => sha256(Buffer.from(`item ${i}`)).toString('hex'));

/** The same tree by another definition (RFC 6962, 2.1): split at the largest power of two below n, recurse. */
function rfc6962Root(items: readonly string[]): Buffer {
  const [only] = items;
  if (items.length === 1 && only) return sha256(Uint8Array.of(0), Buffer.from(only, 'hex'));
  let split = 1;
  while (split * 2 < items.length) split *= 2;
  return sha256(Uint8Array.of(1), rfc6962Root(items.slice(0, split)), rfc6962Root(items.slice(split)));
}

const codeOf = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    return error instanceof MerkleError ? error.code : error;
  }
  return 'nothing was thrown';
};

describe('merkle tree', () => {
  // Computed with Python's hashlib from the formulas of the specification; items are SHA-256("item 0"), ("item 1"), …
  it.each([
    [1, '696044168f7d8402cf0b78d2b273b05f4d00a59910ece1ad0b6116c6fb7f9b9c'],
    [2, '5c4bb1a213cc264cac847f0f4cf5f3962774c1087a1f4ae2f333fd7e3791feb9'],
    [3, 'be1c536abd92eca65d174df17402173f114af4ac7948573f9bd6865ff6d51d5f'],
    [5, 'a954f5e62d5c66da0d7ff72671f4d74a30fa21d74203af1f890efed8e45d68fa'],
    [8, 'fb9d6d11f33952e1e9379191dcf83bded153f69743eb50c6a357ff527c457554'],
    [13, '2a20580f716523cf14b468b21701c7a41fe52556797990f5439f33b0a274c47b'],
    [1000, 'da57067fd135b90c4a5425b603d1423c213ffcbc653b9c3e7fc859ee2da10f89'],
  ])('has the known root over %i leaves', (count, root) => {
    expect(merkleRoot(itemHashes(count))).toBe(root);
  });

  it('of one leaf is that leaf', () => {
    const [item = ''] = itemHashes(1);
    expect(buildTree([item])).toMatchObject({ root: leafHash(item), leafCount: 1, height: 0 });
  });

  it('has ceil(log2 n) levels above the leaves', () => {
    for (const [count, height] of [[2, 1] as const, [3, 2] as const, [4, 2] as const, [5, 3] as const]) {
      expect(buildTree(itemHashes(count)).height).toBe(height);
    }
  });

  it('gives the same root from hex, from flat bytes, from kept leaves, and from a stream', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { minLength: 1, maxLength: 70 }),
        async (raw) => {
          const hex = raw.map((bytes) => Buffer.from(bytes).toString('hex'));
          const tree = buildTree(hex);
          const accumulator = createRootAccumulator();
          for (const item of hex) accumulator.add(item);
          expect(tree.root).toBe(rfc6962Root(hex).toString('hex'));
          expect(buildTree(Buffer.concat(raw)).root).toBe(tree.root);
          expect(buildTreeFromLeaves(tree.levels[0] ?? []).root).toBe(tree.root);
          expect(accumulator.root()).toBe(tree.root);
          expect(await merkleRootOf(hex)).toBe(tree.root);
        },
      ),
    );
  });

  it('goes on from what was kept of it at any point, as if it had never been put down', () => {
    const hex = itemHashes(67);
    let kept: (string | null)[] = [];
    for (const [i, item] of hex.entries()) {
      const accumulator = createRootAccumulator(JSON.parse(JSON.stringify(kept)));
      accumulator.add(item);
      expect(accumulator.leafCount).toBe(i + 1);
      expect(accumulator.root()).toBe(merkleRoot(hex.slice(0, i + 1)));
      kept = accumulator.peaks();
    }
  });

  it('changes its root when any item changes, moves, or is repeated at the end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(), (count, pick) => {
        const items = itemHashes(count);
        const { root } = buildTree(items);
        const i = pick % (count - 1);
        const changed = items.with(i, leafHash(items[i] ?? ''));
        const moved = items.with(i, items[i + 1] ?? '').with(i + 1, items[i] ?? '');
        const repeated = [...items, items.at(-1) ?? ''];
        expect([changed, moved, repeated].map((list) => merkleRoot(list))).not.toContain(root);
      }),
    );
  });

  it('does not touch the buffer it is given', () => {
    const flat = Buffer.from(itemHashes(4).join(''), 'hex');
    const before = Buffer.from(flat);
    buildTree(flat);
    buildTreeFromLeaves(flat);
    expect(flat.equals(before)).toBe(true);
  });

  it('refuses no leaves, too many leaves, and what is no hash', () => {
    expect(codeOf(() => merkleRoot([]))).toBe('no_leaves');
    expect(codeOf(() => createRootAccumulator().root())).toBe('no_leaves');
    expect(codeOf(() => buildTree(new Array(MAX_LEAVES + 1).fill('')))).toBe('too_many_leaves');
    expect(codeOf(() => buildTree(['AB'.repeat(32)]))).toBe('not_a_hash');
    expect(codeOf(() => buildTree([`${'ab'.repeat(32)}\n`]))).toBe('not_a_hash');
    expect(codeOf(() => buildTree(Buffer.alloc(33)))).toBe('not_a_hash');
    expect(codeOf(() => leafHash('ab'))).toBe('not_a_hash');
  });

  it('holds the largest tree the height limit allows', () => {
    const tree = buildTree(Buffer.alloc(MAX_LEAVES * 32, 7));
    expect(tree.height).toBe(20);
  });
});
