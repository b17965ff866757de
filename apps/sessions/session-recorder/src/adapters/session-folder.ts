import { dirname, join } from 'node:path';
import { incomingName, isIncoming, parseName, partName, sealedName } from '../domain/chunk-name.ts';
import type { FoundFile } from '../domain/recovery-plan.ts';
import { type FileSystem, isMissing, syncFolder } from './file-system.ts';
import { PlaintextStream } from './plaintext-stream.ts';

/** The files of one recording: `{seq:06d}.part` while it is filled, `{seq:06d}.chunk` once it is sealed. */
export class SessionFolder {
  readonly path: string;
  readonly #fs: FileSystem;

  constructor(fs: FileSystem, path: string) {
    this.#fs = fs;
    this.path = path;
  }

  async create(): Promise<void> {
    await this.#fs.mkdir(this.path, { recursive: true });
    await syncFolder(this.#fs, dirname(this.path));
  }

  partPath = (sequence: number): string => join(this.path, partName(sequence));
  sealedPath = (sequence: number): string => join(this.path, sealedName(sequence));
  incomingPath = (sequence: number, id: string): string => join(this.path, incomingName(sequence, id));

  async #names(): Promise<string[]> {
    return this.#fs.readdir(this.path).catch((error: unknown) => {
      if (isMissing(error)) return [] as string[];
      throw error;
    });
  }

  /** Removes chunks that a crash left half-received. */
  async clearIncoming(): Promise<void> {
    for (const name of (await this.#names()).filter(isIncoming))
      await this.#fs.rm(join(this.path, name), { force: true });
  }

  async list(): Promise<FoundFile[]> {
    const names = await this.#names();
    const found: FoundFile[] = [];
    for (const name of names) {
      const parsed = parseName(name);
      if (parsed) found.push({ ...parsed, sizeBytes: (await this.#fs.stat(join(this.path, name))).size });
    }
    return found;
  }

  /** Gives a whole, fsynced part its final name. */
  async seal(sequence: number): Promise<void> {
    await this.#fs.rename(this.partPath(sequence), this.sealedPath(sequence));
    await syncFolder(this.#fs, this.path);
  }

  async remove({ sequence, kind }: Pick<FoundFile, 'sequence' | 'kind'>): Promise<void> {
    await this.#fs.rm(kind === 'part' ? this.partPath(sequence) : this.sealedPath(sequence), { force: true });
  }

  async removeAll(): Promise<void> {
    await this.#fs.rm(this.path, { recursive: true, force: true });
  }

  /** Moves the whole folder out of the way; a person may still want the bytes. */
  async setAside(target: string): Promise<void> {
    try {
      await this.#fs.mkdir(dirname(target), { recursive: true });
      await this.#fs.rename(this.path, target);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /** @returns 0 when it is not here (any more) */
  async sizeOf(sequence: number): Promise<number> {
    const found = (await this.list()).find((file) => file.kind === 'chunk' && file.sequence === sequence);
    return found?.sizeBytes ?? 0;
  }

  /** Plaintext of a sealed chunk; whoever reads it wipes it. @returns undefined when it is not here (any more) */
  async read(sequence: number): Promise<{ bytes: PlaintextStream; sizeBytes: number } | undefined> {
    try {
      const file = await this.#fs.open(this.sealedPath(sequence), 'r');
      const { size } = await file.stat();
      return { bytes: new PlaintextStream(file), sizeBytes: size };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}
