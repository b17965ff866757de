import { digestOf, LedgerError } from '@lucid/ledger';
import { silentLogger } from '@lucid/logging';
import { buildTree } from '@lucid/merkle';
import { afterAll, describe, expect, test } from 'vitest';
import { ChainThreads } from '../src/adapters/workers/chain-threads.ts';
import { transactionMaker } from './support.ts';

const maker = transactionMaker('threads');
const options = { consensusWorkers: 4, blockThreads: 8, logger: silentLogger() };
const kinds = {
  'on threads': new ChainThreads({ ...options, processors: 2 }),
  'on the spot, with one processor': new ChainThreads({ ...options, processors: 1 }),
};
afterAll(() => Promise.all(Object.values(kinds).map((threads) => threads.close())));

describe.each(Object.entries(kinds))('%s', (_where, threads) => {
  test('signatures are told apart, whatever the size of the list', async () => {
    for (const count of [0, 1, 3, 4, 17, 200]) {
      const list = Array.from({ length: count }, (_, index) => {
        const transaction = maker.plain();
        const signature = index % 3 === 1 ? maker.plain().signature : transaction.signature;
        return { hash: digestOf(transaction).txHash, signature, publicKey: transaction.public_key };
      });
      expect(await threads.signatures(list)).toEqual(list.map((_, index) => index % 3 !== 1));
    }
  });

  test('a signature that is none does not hold and moves no other out of its place', async () => {
    const good = Array.from({ length: 6 }, () => {
      const { signature, public_key, ...rest } = maker.plain();
      const { txHash } = digestOf({ signature, public_key, ...rest });
      return { hash: txHash, signature, publicKey: public_key };
    });
    const bad = [
      { hash: '', signature: '', publicKey: '' },
      { hash: 'ab'.repeat(32), signature: 'XY'.repeat(64), publicKey: '00'.repeat(32) },
      { hash: 'ab'.repeat(32), signature: '00'.repeat(64), publicKey: '00'.repeat(32) },
    ];
    const mixed = [good[0], bad[0], good[1], bad[1], good[2], bad[2], ...good.slice(3)].flatMap(
      (it) => it ?? [],
    );
    expect(await threads.signatures(mixed)).toEqual([
      true,
      false,
      true,
      false,
      true,
      false,
      true,
      true,
      true,
    ]);
  });

  test('digests of a large block are those of its transactions, in order', async () => {
    const transactions = Array.from({ length: 20 }, () => maker.plain());
    const many = Array.from({ length: 2500 }, (_, index) => transactions[index % 20] ?? maker.plain());
    const expected = transactions.map(digestOf);
    expect(await threads.digests(many)).toEqual(many.map((_, index) => expected[index % 20]));
    const bad = { ...maker.plain(), data: { n: Number.NaN } };
    await expect(threads.digests([bad])).rejects.toThrow(LedgerError);
  });

  test.each([1, 1000, 3001])('a tree over %d hashes is the tree of the library', async (leaves) => {
    const items = maker.random.bytes(leaves * 32);
    const { root, height, levels } = buildTree(items);
    const answer = await threads.tree(items);
    expect([answer.root, answer.height, answer.leafCount]).toEqual([root, height, leaves]);
    for (const [depth, level] of levels.entries())
      expect(Buffer.from(answer.levels[depth] ?? []).equals(level)).toBe(true);
  });
});
