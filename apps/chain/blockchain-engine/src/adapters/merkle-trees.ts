import type { MerkleTree as TreeRecord } from '@lucid/contracts';
import {
  buildTree,
  buildTreeFromLeaves,
  MerkleError,
  type MerkleProof,
  type MerkleTree,
  proof,
} from '@lucid/merkle';
import { addNew, defineCollection } from '@lucid/mongo';
import { LRUCache } from 'lru-cache';
import type { Collection } from 'mongodb';
import { treeIdOf } from '../domain/tree-id.ts';
import { errors } from '../errors.ts';
import type { LeafFiles } from './leaf-files.ts';

export interface TreeDocument extends Omit<TreeRecord, 'tree_id'> {
  _id: string;
}

export const merkleTreesDefinition = defineCollection<TreeDocument>('merkle_trees', [
  { key: { session_id: 1 }, unique: true },
  { key: { root_hash: 1, created_at: -1 } },
]);

const CACHE_BYTES = 64 * 1024 * 1024;
const BYTES_PER_LEAF = 64;

/** The tree of each session: its record here, its leaves in a file. */
export class MerkleTrees {
  readonly #collection: Collection<TreeDocument>;
  readonly #files: LeafFiles;
  readonly #cache = new LRUCache<string, MerkleTree>({
    maxSize: CACHE_BYTES,
    sizeCalculation: (tree) => tree.leafCount * BYTES_PER_LEAF,
  });

  constructor(collection: Collection<TreeDocument>, files: LeafFiles) {
    this.#collection = collection;
    this.#files = files;
  }

  /** Builds and keeps; file first, so that a record always has its leaves. @throws 6302 when the session has another tree */
  async build(
    session_id: string,
    chunkHashes: readonly string[],
    created_at: string,
  ): Promise<{ tree: TreeRecord; isNew: boolean }> {
    const built = buildTree(chunkHashes);
    const document: TreeDocument = {
      _id: treeIdOf(session_id, built.root),
      session_id,
      root_hash: built.root,
      tree_height: built.height,
      leaf_count: built.leafCount,
      hash_algorithm: 'sha256',
      created_at,
    };
    const kept = await this.#collection.findOne({ session_id });
    if (kept && !isSame(kept, document)) throw errors.TREE_CONFLICT();
    const leaves = built.levels[0] ?? Buffer.alloc(0);
    const isWritten = kept && (await this.#files.read(document._id))?.equals(leaves);
    if (!isWritten) await this.#files.write(document._id, leaves);
    if (kept) return { tree: toRecord(kept), isNew: false };
    return (await this.#add(document)) ?? this.#afterRace(document);
  }

  async #add(document: TreeDocument): Promise<{ tree: TreeRecord; isNew: boolean } | undefined> {
    return (await addNew(this.#collection, document)) ? { tree: toRecord(document), isNew: true } : undefined;
  }

  async #afterRace(document: TreeDocument): Promise<{ tree: TreeRecord; isNew: boolean }> {
    const kept = await this.#collection.findOne({ session_id: document.session_id });
    if (kept && isSame(kept, document)) return { tree: toRecord(kept), isNew: false };
    await this.#files.remove(document._id);
    throw errors.TREE_CONFLICT();
  }

  /** By id or root; of several with one root, the newest. @throws 6301 */
  async find(idOrRoot: string): Promise<TreeRecord> {
    const found =
      idOrRoot.length === 64
        ? await this.#collection.findOne({ root_hash: idOrRoot }, { sort: { created_at: -1 } })
        : await this.#collection.findOne({ _id: idOrRoot });
    if (!found) throw errors.TREE_NOT_FOUND();
    return toRecord(found);
  }

  /** @throws 6301, 6303, 6304 */
  async proof(idOrRoot: string, leafIndex: number): Promise<MerkleProof & { root_hash: string }> {
    const record = await this.find(idOrRoot);
    const tree = this.#cache.get(record.tree_id) ?? (await this.#load(record));
    try {
      return { root_hash: record.root_hash, ...proof(tree, leafIndex) };
    } catch (error) {
      if (error instanceof MerkleError && error.code === 'index_out_of_range')
        throw errors.LEAF_NOT_FOUND({ details: { leaf_count: record.leaf_count } });
      throw error;
    }
  }

  async #load({ tree_id, root_hash }: TreeRecord): Promise<MerkleTree> {
    const leaves = await this.#files.read(tree_id);
    if (!leaves || leaves.length === 0 || leaves.length % 32 !== 0) throw errors.TREE_FILE_LOST();
    const tree = buildTreeFromLeaves(leaves);
    if (tree.root !== root_hash) throw errors.TREE_FILE_LOST();
    this.#cache.set(tree_id, tree);
    return tree;
  }
}

const isSame = (left: TreeDocument, right: TreeDocument): boolean =>
  left.root_hash === right.root_hash && left.leaf_count === right.leaf_count;

function toRecord({ _id, ...fields }: TreeDocument): TreeRecord {
  return { tree_id: _id, ...fields };
}
