import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { type FileSystem, syncFolder } from './file-system.ts';
import type { SessionFolder } from './session-folder.ts';

const REHASH_BUFFER_BYTES = 1024 * 1024;

export interface PartPlace {
  sequence: number;
  startOffset: number;
  openedAtMs: number;
}

export interface PartHooks {
  /** Seconds one fsync took. */
  onSync: (startedMs: number) => void;
  monotonicMs: () => number;
}

/** The chunk that is being filled: written, hashed and fsynced as bytes come; never held in memory. */
export class PartFile {
  readonly sequence: number;
  readonly startOffset: number;
  readonly openedAtMs: number;
  readonly #fs: FileSystem;
  readonly #folder: SessionFolder;
  readonly #file: FileHandle;
  readonly #hooks: PartHooks;
  #hash: Hash = createHash('sha256');
  #sizeBytes = 0;
  #syncedBytes = 0;
  #isEntryDurable = false;
  #mayHaveLostPages = false;
  #syncing: Promise<void> | undefined;

  private constructor(
    fs: FileSystem,
    folder: SessionFolder,
    file: FileHandle,
    place: PartPlace,
    hooks: PartHooks,
  ) {
    this.#fs = fs;
    this.#folder = folder;
    this.#file = file;
    this.#hooks = hooks;
    this.sequence = place.sequence;
    this.startOffset = place.startOffset;
    this.openedAtMs = place.openedAtMs;
  }

  /** Opens or continues the part; bytes that a crash left behind are hashed again and made durable. */
  static async open(
    fs: FileSystem,
    folder: SessionFolder,
    place: PartPlace,
    hooks: PartHooks,
  ): Promise<PartFile> {
    const file = await fs.open(folder.partPath(place.sequence), OPEN_OR_MAKE);
    const part = new PartFile(fs, folder, file, place, hooks);
    try {
      await part.#rehash();
      if (part.#sizeBytes > 0) await part.sync();
    } catch (error) {
      await file.close();
      throw error;
    }
    return part;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Bytes of this part that survive a crash of the machine. */
  get syncedBytes(): number {
    return this.#syncedBytes;
  }

  get endOffset(): number {
    return this.startOffset + this.#sizeBytes;
  }

  async append(pieces: Buffer[]): Promise<void> {
    let rest = pieces;
    const writing = this.#file.writev(rest, this.#sizeBytes);
    for (const piece of pieces) this.#hash.update(piece); // while the disk works
    let { bytesWritten } = await writing;
    this.#sizeBytes += bytesWritten;
    for (rest = after(rest, bytesWritten); rest.length > 0; rest = after(rest, bytesWritten)) {
      ({ bytesWritten } = await this.#file.writev(rest, this.#sizeBytes));
      this.#sizeBytes += bytesWritten;
    }
  }

  /** Makes everything written so far durable. Callers that come while one runs share the next. */
  async sync(): Promise<void> {
    while (this.#syncing) await this.#syncing;
    if (this.#syncedBytes === this.#sizeBytes) return;
    this.#syncing = this.#syncOnce().finally(() => {
      this.#syncing = undefined;
    });
    await this.#syncing;
  }

  async #syncOnce(): Promise<void> {
    const sizeBytes = this.#sizeBytes;
    const startedMs = this.#hooks.monotonicMs();
    try {
      await this.#file.datasync();
      if (!this.#isEntryDurable) await syncFolder(this.#fs, this.#folder.path);
    } catch (error) {
      this.#mayHaveLostPages = true; // a later fsync may succeed without the pages this one dropped
      throw error;
    }
    this.#isEntryDurable = true;
    this.#syncedBytes = sizeBytes;
    this.#hooks.onSync(startedMs);
  }

  /** After a failure: makes durable what still can be, forgets the rest. */
  async salvage(): Promise<void> {
    if (!this.#mayHaveLostPages) await this.sync().catch(() => undefined); // then the earlier mark stands
    await this.#file.truncate(this.#syncedBytes);
    await this.#rehash();
  }

  /** @returns SHA-256 of the whole part; nothing may be appended afterwards */
  digest(): string {
    return this.#hash.digest('hex');
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #rehash(): Promise<void> {
    this.#hash = createHash('sha256');
    this.#sizeBytes = 0;
    const buffer = Buffer.allocUnsafe(REHASH_BUFFER_BYTES);
    for (;;) {
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.#sizeBytes);
      if (bytesRead === 0) return;
      this.#hash.update(buffer.subarray(0, bytesRead));
      this.#sizeBytes += bytesRead;
    }
  }
}

/** Read and write, made when missing, never emptied; positions are always explicit. */
const OPEN_OR_MAKE = constants.O_RDWR | constants.O_CREAT;

/** What is left of the pieces once their first `count` bytes are gone. */
function after(pieces: Buffer[], count: number): Buffer[] {
  let skip = count;
  const rest: Buffer[] = [];
  for (const piece of pieces) {
    if (skip >= piece.length) skip -= piece.length;
    else {
      rest.push(skip === 0 ? piece : piece.subarray(skip));
      skip = 0;
    }
  }
  return rest;
}
