import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Random } from '@lucid/clock';
import type { ByteRange } from '../domain/byte-range.ts';
import { errors } from '../errors.ts';

/** 10 MiB of plaintext plus what encryption and an unlucky compression add. */
const MAX_FILE_BYTES = 10 * 1024 * 1024 + 64 * 1024;

/** Names one file. A `StoredChunk` is one. */
export interface ChunkKey {
  session_id: string;
  sequence_number: number;
  chunk_hash: string;
}

export interface WrittenFile {
  hash: string;
  sizeBytes: number;
}

/**
 * Encrypted chunks as files: `active/{session}/{sequence:06d}-{first 16 of the hash}.bin`. A file under its final name is
 * whole and on disk; anything unfinished lives in `incoming/` and is swept at start. The hash in the name keeps two
 * writers of one number apart, so that the record alone decides which of them counts.
 */
export class ChunkFiles {
  readonly #folder: string;
  readonly #random: Random;
  readonly #knownFolders = new Set<string>();

  constructor(folder: string, random: Random) {
    this.#folder = folder;
    this.#random = random;
  }

  get #incoming(): string {
    return join(this.#folder, 'incoming');
  }

  #sessionFolder(sessionId: string): string {
    return join(this.#folder, 'active', sessionId);
  }

  pathOf({ session_id, sequence_number, chunk_hash }: ChunkKey): string {
    return join(
      this.#sessionFolder(session_id),
      `${String(sequence_number).padStart(6, '0')}-${chunk_hash.slice(0, 16)}.bin`,
    );
  }

  /** Makes the folders and removes what a crash left half-written. */
  async open(): Promise<void> {
    await rm(this.#incoming, { recursive: true, force: true });
    await mkdir(this.#incoming, { recursive: true });
    await mkdir(join(this.#folder, 'active'), { recursive: true });
  }

  /**
   * Receives, hashes, fsyncs and renames. Nothing is left behind when it fails.
   * @throws 7203 on another hash, 7205 on a full disk, 7206 on too many bytes
   */
  async write(key: ChunkKey, bytes: Readable): Promise<WrittenFile> {
    await this.#ensureFolder(key.session_id);
    const temporary = join(this.#incoming, this.#random.uuid());
    try {
      const written = await this.#receive(temporary, bytes);
      if (written.hash !== key.chunk_hash) throw errors.HASH_MISMATCH();
      await rename(temporary, this.pathOf(key));
      await syncFolder(this.#sessionFolder(key.session_id));
      return written;
    } catch (error) {
      await rm(temporary, { force: true });
      throw isDiskFull(error) ? errors.STORAGE_FULL({ cause: error }) : error;
    }
  }

  async #receive(path: string, bytes: Readable): Promise<WrittenFile> {
    const file = await open(path, 'wx');
    try {
      const written = await copyInto(file, bytes);
      await file.datasync();
      return written;
    } finally {
      await file.close();
    }
  }

  read(key: ChunkKey, range?: ByteRange): Readable {
    return createReadStream(this.pathOf(key), {
      highWaterMark: 1024 * 1024,
      ...(range ? { start: range.first, end: range.last } : {}),
    });
  }

  /** @returns the size in bytes, or undefined when there is no such file */
  async sizeOf(key: ChunkKey): Promise<number | undefined> {
    try {
      return (await stat(this.pathOf(key))).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Hashes what is on disk now. @returns undefined when there is no such file */
  async hashOf(key: ChunkKey): Promise<string | undefined> {
    if ((await this.sizeOf(key)) === undefined) return undefined;
    const hash = createHash('sha256');
    for await (const part of this.read(key)) hash.update(part as Buffer);
    return hash.digest('hex');
  }

  async remove(key: ChunkKey): Promise<void> {
    await rm(this.pathOf(key), { force: true });
  }

  async removeSession(sessionId: string): Promise<void> {
    await rm(this.#sessionFolder(sessionId), { recursive: true, force: true });
    this.#knownFolders.delete(sessionId);
  }

  async #ensureFolder(sessionId: string): Promise<void> {
    if (this.#knownFolders.has(sessionId)) return;
    await mkdir(this.#sessionFolder(sessionId), { recursive: true });
    await syncFolder(join(this.#folder, 'active'));
    this.#knownFolders.add(sessionId);
  }
}

async function copyInto(file: FileHandle, bytes: Readable): Promise<WrittenFile> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const part of bytes as AsyncIterable<Buffer>) {
    sizeBytes += part.length;
    if (sizeBytes > MAX_FILE_BYTES) throw errors.CHUNK_TOO_LARGE();
    hash.update(part);
    await file.writev([part]);
  }
  return { hash: hash.digest('hex'), sizeBytes };
}

/** A rename is only durable once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const isDiskFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
