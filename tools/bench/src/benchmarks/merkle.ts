import { hash, randomBytes } from 'node:crypto';
import { buildTree, createRootAccumulator, proof, verifyProof } from '@lucid/merkle';
import type { Benchmark } from '../benchmark.ts';
import { figure } from '../measure/figure.ts';
import { inRounds } from '../measure/rounds.ts';
import { ratiosOf } from '../measure/statistics.ts';
import type { Timed } from '../measure/timed.ts';

const HASH_BYTES = 32;
const PROOFS = 10_000;
const FEW = 10_000;

export const merkle: Benchmark = {
  name: 'merkle',
  summary: 'Merkle tree over 1,000,000 leaves, beside as many bare SHA-256 calls',
  async run({ quick, note }) {
    const leaves = quick ? 100_000 : 1_000_000;
    const items = randomBytes(leaves * HASH_BYTES);
    const texts = Array.from({ length: leaves }, (_, at) =>
      items.toString('hex', at * HASH_BYTES, (at + 1) * HASH_BYTES),
    );
    const tree = buildTree(items);
    const block = randomBytes(1 + 2 * HASH_BYTES);
    const steps = Math.floor(leaves / PROOFS);
    const proofs = Array.from({ length: PROOFS }, (_, at) => proof(tree, at * steps));
    const few = items.subarray(0, FEW * HASH_BYTES);
    const measured = await inRounds(quick ? 3 : 5, {
      few: () => buildTree(few),
      tree: () => buildTree(items),
      stream: () => {
        const root = createRootAccumulator();
        for (const text of texts) root.add(text);
        if (root.root() !== tree.root) throw new Error('the two ways to a root disagree');
      },
      verify: () => {
        if (!proofs.every((it) => verifyProof(tree.root, it))) throw new Error('a proof does not hold');
      },
      bare: () => {
        for (let at = 0; at < 2 * leaves - 1; at++) hash('sha256', block, 'binary');
      },
    });
    note(`${leaves} leaves, ${2 * leaves - 1} hashes, height ${tree.height}`);
    const seconds = (of: readonly Timed[]) => of.map(({ wallSeconds }) => wallSeconds);
    const cpu = (of: readonly Timed[]) => of.map(({ cpuSeconds }) => cpuSeconds);
    return [
      figure({
        name: `whole tree over ${FEW} leaves`,
        unit: 'ms',
        values: seconds(measured.few).map((it) => 1000 * it),
        target: { word: 'bar', atMost: 50 },
      }),
      figure({
        name: 'whole tree, from a flat buffer',
        unit: 's',
        values: seconds(measured.tree),
        target: { word: 'bar', atMost: 2 },
      }),
      figure({ name: 'root alone, from hex texts one by one', unit: 's', values: seconds(measured.stream) }),
      figure({
        name: 'bare SHA-256 of 65 bytes, as often',
        unit: 's',
        kind: 'yardstick',
        values: seconds(measured.bare),
      }),
      figure({
        name: 'CPU of the tree / CPU of bare SHA-256',
        unit: '×',
        kind: 'ratio',
        values: ratiosOf(cpu(measured.tree), cpu(measured.bare)),
      }),
      figure({
        name: 'proofs verified',
        unit: 'proofs/s',
        values: seconds(measured.verify).map((it) => PROOFS / it),
      }),
    ];
  },
};
