import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '@lucid/clock';

/** `leaves`: `{tree_id}.bin`, the tree. `nodes`: `{tree_id}.nodes.bin`, the levels above them, which follow from it. */
export type TreePart = 'leaves' | 'nodes';
const SUFFIX: Readonly<Record<TreePart, string>> = { leaves: '.bin', nodes: '.nodes.bin' };
const HASH_BYTES = 32;

/** Nodes of the trees, 32 bytes each. A file under its final name is whole and on disk. */
export class LeafFiles {
  readonly folder: string;
  readonly #random: Random;

  constructor(folder: string, random: Random) {
    this.folder = folder;
    this.#random = random;
  }

  get #incoming(): string {
    return join(this.folder, 'incoming');
  }

  async open(): Promise<void> {
    await mkdir(this.#incoming, { recursive: true });
  }

  /** Writes, fsyncs and renames. The same tree may be written twice: its id says what is in it. */
  async write(treeId: string, parts: readonly Uint8Array[], part: TreePart = 'leaves'): Promise<void> {
    const temporary = join(this.#incoming, this.#random.uuid());
    try {
      const file = await open(temporary, 'wx');
      try {
        for (const bytes of parts) await file.writeFile(bytes);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.#pathOf(treeId, part));
      await this.#sync();
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** All leaves. @returns undefined when there is no such file */
  async read(treeId: string): Promise<Buffer | undefined> {
    return unlessAbsent(readFile(this.#pathOf(treeId, 'leaves')));
  }

  /** Some nodes, by their places in the file, without reading what lies between. @returns undefined where the file is missing or too short */
  async nodesAt(treeId: string, part: TreePart, places: readonly number[]): Promise<string[] | undefined> {
    const file = await unlessAbsent(open(this.#pathOf(treeId, part), 'r'));
    if (!file) return undefined;
    try {
      const node = Buffer.alloc(HASH_BYTES);
      const found: string[] = [];
      for (const place of places) {
        const { bytesRead } = await file.read(node, 0, HASH_BYTES, place * HASH_BYTES);
        if (bytesRead < HASH_BYTES) return undefined;
        found.push(node.toString('hex'));
      }
      return found;
    } finally {
      await file.close();
    }
  }

  async remove(treeId: string): Promise<void> {
    for (const part of ['leaves', 'nodes'] as const) await rm(this.#pathOf(treeId, part), { force: true });
  }

  #pathOf(treeId: string, part: TreePart): string {
    return join(this.folder, `${treeId}${SUFFIX[part]}`);
  }

  /** A rename is only durable once its folder is. */
  async #sync(): Promise<void> {
    const folder = await open(this.folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

async function unlessAbsent<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
