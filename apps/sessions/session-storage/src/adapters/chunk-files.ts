import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Random } from '@lucid/clock';
import type { ByteRange } from '../domain/byte-range.ts';
import { errors } from '../errors.ts';

const MAX_KNOWN_FOLDERS = 10_000;

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

export interface ChunkFilesOptions {
  /** Shared by all instances. */
  folder: string;
  instanceId: string;
  random: Random;
  /** Makes a new file to write to. @default the file system's */
  create?: (path: string) => Promise<NewFile>;
}

/** What is needed of a file that is being written. */
export interface NewFile extends Pick<FileHandle, 'datasync' | 'close'> {
  write(part: Buffer, offset: number): Promise<{ bytesWritten: number }>;
}

/**
 * Encrypted chunks as files: `active/{session}/{sequence:06d}-{first 16 of the hash}.bin`. A file under its final name is
 * whole and on disk; anything unfinished lives in `incoming/{instance}/` and is swept when that instance starts. The hash
 * in the name keeps two writers of one number apart, so that the record alone decides which of them counts.
 */
export class ChunkFiles {
  readonly #folder: string;
  readonly #incoming: string;
  readonly #random: Random;
  readonly #create: (path: string) => Promise<NewFile>;
  readonly #knownFolders = new Set<string>();

  constructor({ folder, instanceId, random, create = (path) => open(path, 'wx') }: ChunkFilesOptions) {
    this.#folder = folder;
    this.#incoming = join(folder, 'incoming', instanceId);
    this.#random = random;
    this.#create = create;
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
    const temporary = join(this.#incoming, this.#random.uuid());
    try {
      await this.#ensureFolder(key.session_id);
      const written = await this.#receive(temporary, bytes);
      if (written.hash !== key.chunk_hash) throw errors.HASH_MISMATCH();
      await rename(temporary, this.pathOf(key));
      await syncFolder(this.#sessionFolder(key.session_id));
      return written;
    } catch (error) {
      this.#knownFolders.delete(key.session_id); // it may be gone: another instance deletes sessions too
      await rm(temporary, { force: true });
      throw isDiskFull(error) ? errors.STORAGE_FULL({ cause: error }) : error;
    }
  }

  async #receive(path: string, bytes: Readable): Promise<WrittenFile> {
    const file = await this.#create(path);
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
    const hash = createHash('sha256');
    try {
      for await (const part of this.read(key)) hash.update(part as Buffer);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
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
    if (this.#knownFolders.size >= MAX_KNOWN_FOLDERS) this.#knownFolders.clear();
    this.#knownFolders.add(sessionId);
  }
}

async function copyInto(file: NewFile, bytes: Readable): Promise<WrittenFile> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const part of bytes as AsyncIterable<Buffer>) {
    sizeBytes += part.length;
    if (sizeBytes > MAX_FILE_BYTES) throw errors.CHUNK_TOO_LARGE();
    hash.update(part);
    await writeAll(file, part);
  }
  return { hash: hash.digest('hex'), sizeBytes };
}

/** A write may take less than it is given, for one when the disk is nearly full. */
async function writeAll(file: NewFile, part: Buffer): Promise<void> {
  for (let offset = 0; offset < part.length; ) {
    const { bytesWritten } = await file.write(part, offset);
    offset += bytesWritten;
  }
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
