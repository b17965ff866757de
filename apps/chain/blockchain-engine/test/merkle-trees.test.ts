import { type Collection, MongoServerError } from 'mongodb';
import { describe, expect, test } from 'vitest';
import type { LeafFiles } from '../src/adapters/leaf-files.ts';
import { MerkleTrees, type TreeDocument } from '../src/adapters/merkle-trees.ts';
import { treeOver } from '../src/adapters/workers/do-chain-job.ts';
import { packHashes } from '../src/domain/pack-hashes.ts';

const SESSION = '00000000-0000-4000-8000-000000000001';
const HASHES = ['11', '22', '33'].map((byte) => byte.repeat(32));
const DEADLOCK = new MongoServerError({ code: 16_908_292, message: 'deadlock detected' });
const TAKEN = new MongoServerError({ code: 11_000, message: 'E11000 duplicate key error' });

/** A collection whose inserts fail in this order, and then succeed; what is stored is what `inserted` says. */
function treesOver(failures: readonly Error[], inserted: TreeDocument[] = []) {
  let attempts = 0;
  const collection: Pick<Collection<TreeDocument>, 'findOne' | 'insertOne'> = {
    findOne: async () => (attempts === 0 ? null : (inserted[0] ?? null)),
    insertOne: async (document: TreeDocument) => {
      const failure = failures[attempts];
      attempts += 1;
      if (failure) throw failure;
      inserted.push(document);
      return { acknowledged: true, insertedId: document._id };
    },
  };
  const files: Pick<LeafFiles, 'write' | 'remove' | 'read'> = {
    write: async () => undefined,
    remove: async () => undefined,
    read: async () => undefined,
  };
  const trees = new MerkleTrees(collection as Collection<TreeDocument>, files as LeafFiles, {
    tree: async (hashes, are = 'items') => treeOver(hashes, are),
  });
  return {
    build: () => trees.build(SESSION, packHashes(HASHES, 20), '2026-01-01T00:00:00Z'),
    attempts: () => attempts,
  };
}

describe('a tree whose insert is given up for another', () => {
  test('is inserted again, and is there', async () => {
    const { build, attempts } = treesOver([DEADLOCK, DEADLOCK]);
    expect(await build()).toMatchObject({ isNew: true, tree: { session_id: SESSION, leaf_count: 3 } });
    expect(attempts()).toBe(3);
  });

  test('meets the tree of the other at the next try: the same one is found, another is a conflict', async () => {
    const [same] = await stored();
    expect(await treesOver([DEADLOCK, TAKEN], [same]).build()).toMatchObject({ isNew: false });
    const other = { ...same, root_hash: '00'.repeat(32) };
    await expect(treesOver([DEADLOCK, TAKEN], [other]).build()).rejects.toMatchObject({ code: 6302 });
  });

  test('gives up when it never gets through, with what the store said', async () => {
    const { build, attempts } = treesOver(Array.from({ length: 9 }, () => DEADLOCK));
    await expect(build()).rejects.toBe(DEADLOCK);
    expect(attempts()).toBe(5);
  });
});

async function stored(): Promise<[TreeDocument]> {
  const kept: TreeDocument[] = [];
  await treesOver([], kept).build();
  const [document] = kept;
  if (!document) throw new Error('nothing was inserted');
  return [document];
}
