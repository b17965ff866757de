import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '@lucid/clock';

/** Leaves of the trees, `{tree_id}.bin` with 32 bytes each. A file under its final name is whole and on disk. */
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
  async write(treeId: string, leaves: Buffer): Promise<void> {
    const temporary = join(this.#incoming, this.#random.uuid());
    try {
      const file = await open(temporary, 'wx');
      try {
        await file.writeFile(leaves);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.#pathOf(treeId));
      await this.#sync();
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** @returns undefined when there is no such file */
  async read(treeId: string): Promise<Buffer | undefined> {
    try {
      return await readFile(this.#pathOf(treeId));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async remove(treeId: string): Promise<void> {
    await rm(this.#pathOf(treeId), { force: true });
  }

  #pathOf(treeId: string): string {
    return join(this.folder, `${treeId}.bin`);
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
