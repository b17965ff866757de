import type { MerkleTree as TreeRecord } from '@lucid/contracts';
import type { MerkleProof } from '@lucid/merkle';
import { addNew, defineCollection } from '@lucid/mongo';
import type { Collection } from 'mongodb';
import { treeIdOf } from '../domain/tree-id.ts';
import { errors } from '../errors.ts';
import type { LeafFiles } from './leaf-files.ts';
import { treeProof } from './tree-proof.ts';
import type { TreeAnswer } from './workers/chain-job.ts';
import type { ChainThreads } from './workers/chain-threads.ts';

export interface TreeDocument extends Omit<TreeRecord, 'tree_id'> {
  _id: string;
}

export const merkleTreesDefinition = defineCollection<TreeDocument>('merkle_trees', [
  { key: { session_id: 1 }, unique: true },
  { key: { root_hash: 1, created_at: -1 } },
]);

export interface BuiltTree {
  tree: TreeRecord;
  isNew: boolean;
}

/** The tree of each session: its record here, its nodes in files. */
export class MerkleTrees {
  readonly #collection: Collection<TreeDocument>;
  readonly #files: LeafFiles;
  readonly #threads: Pick<ChainThreads, 'tree'>;

  constructor(collection: Collection<TreeDocument>, files: LeafFiles, threads: Pick<ChainThreads, 'tree'>) {
    this.#collection = collection;
    this.#files = files;
    this.#threads = threads;
  }

  /**
   * Builds and keeps; files first, so that a record always has its leaves.
   * @param chunkHashes 32 bytes each @throws 6302 when the session has another tree
   */
  async build(session_id: string, chunkHashes: Uint8Array, created_at: string): Promise<BuiltTree> {
    const built = await this.#threads.tree(chunkHashes);
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
    const isWritten = kept && (await this.#holds(kept, built));
    if (!isWritten) await this.#write(document._id, built.levels);
    if (kept) return { tree: toRecord(kept), isNew: false };
    if (await addNew(this.#collection, document)) return { tree: toRecord(document), isNew: true };
    return this.#afterRace(document);
  }

  async #afterRace(document: TreeDocument): Promise<BuiltTree> {
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

  /** @throws 6301 */
  async ofSession(session_id: string): Promise<TreeRecord> {
    const found = await this.#collection.findOne({ session_id });
    if (!found) throw errors.TREE_NOT_FOUND();
    return toRecord(found);
  }

  /** @throws 6301, 6303, 6304 */
  async proof(idOrRoot: string, leafIndex: number): Promise<MerkleProof & { root_hash: string }> {
    const record = await this.find(idOrRoot);
    const { root_hash, leaf_count } = record;
    if (leafIndex >= leaf_count) throw errors.LEAF_NOT_FOUND({ details: { leaf_count } });
    const found =
      (await treeProof(this.#files, record, leafIndex)) ??
      ((await this.#mend(record)) ? await treeProof(this.#files, record, leafIndex) : undefined);
    if (!found) throw errors.TREE_FILE_LOST();
    return { root_hash, ...found };
  }

  /** Everything that can be said about the kept leaves of a tree. */
  async look(record: TreeRecord): Promise<{ hasAllLeaves: boolean; givesRoot: boolean }> {
    const leaves = await this.#files.read(record.tree_id);
    const hasAllLeaves = leaves !== undefined && leaves.length === record.leaf_count * 32;
    if (!hasAllLeaves) return { hasAllLeaves, givesRoot: false };
    const { root } = await this.#threads.tree(leaves, 'leaves');
    return { hasAllLeaves, givesRoot: root === record.root_hash };
  }

  /** The levels above the leaves follow from them: written anew when they are lost. @returns whether the leaves give the root */
  async #mend({ tree_id, root_hash, leaf_count }: TreeRecord): Promise<boolean> {
    const leaves = await this.#files.read(tree_id);
    if (!leaves || leaves.length !== leaf_count * 32) return false;
    const { root, levels } = await this.#threads.tree(leaves, 'leaves');
    if (root !== root_hash) return false;
    await this.#files.write(tree_id, levels.slice(1), 'nodes');
    return true;
  }

  async #holds({ _id }: TreeDocument, { levels }: TreeAnswer): Promise<boolean> {
    const leaves = await this.#files.read(_id);
    return leaves?.equals(levels[0] ?? Buffer.alloc(0)) ?? false;
  }

  /** The leaves last: where they are, the levels above them are. */
  async #write(treeId: string, [leaves = Buffer.alloc(0), ...above]: readonly Uint8Array[]): Promise<void> {
    if (above.length > 0) await this.#files.write(treeId, above, 'nodes');
    await this.#files.write(treeId, [leaves]);
  }
}

const isSame = (left: TreeDocument, right: TreeDocument): boolean =>
  left.root_hash === right.root_hash && left.leaf_count === right.leaf_count;

function toRecord({ _id, ...fields }: TreeDocument): TreeRecord {
  return { tree_id: _id, ...fields };
}
