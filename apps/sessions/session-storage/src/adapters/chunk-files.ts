import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Random } from '@lucid/clock';
import type { ByteRange } from '../domain/byte-range.ts';
import { type ChunkKey, chunkFileName, otherPlace, type Place } from '../domain/chunk-place.ts';
import { errors } from '../errors.ts';
import { copyFile } from './copy-file.ts';
import { isDiskFull, isMissing, isNotEmpty, isOtherVolume } from './file-errors.ts';
import { type NewFile, receiveFile, type WrittenFile } from './receive-file.ts';
import { syncFolder } from './sync-folder.ts';

const MAX_KNOWN_FOLDERS = 10_000;
const READ_BUFFER_BYTES = 1024 * 1024;

export interface ChunkFilesOptions {
  /** Shared by all instances. */
  folder: string;
  /** Of the archive, perhaps on another volume. @default `archive` in `folder` */
  archiveFolder?: string;
  instanceId: string;
  random: Random;
  /** Makes a new file to write to. @default the file system's */
  create?: (path: string) => Promise<NewFile>;
  /** @default the file system's; tests hand in one that says that the archive is on another volume */
  moveFile?: (from: string, to: string) => Promise<void>;
}

/** A file that is open, wherever it is: moving it does no harm to its reader. */
export interface OpenChunk {
  sizeBytes: number;
  /** Closes the file at its end. */
  read(range?: ByteRange): Readable;
  close(): Promise<void>;
}

/** `moved`: it is there; `finish` removes the copy that is left at its former place. */
export type MoveOutcome =
  | { kind: 'moved'; finish: () => Promise<void> }
  | { kind: 'missing' | 'damaged'; finish?: never };

/** Where to look, by a record that may be a moment old. */
type Wanted = ChunkKey & { location?: Place | undefined };

/**
 * Encrypted chunks as files, `{active|archive}/{session}/{sequence:06d}-{first 16 of the hash}.bin`. A file under its final
 * name is whole and on disk; anything unfinished lives in `incoming/{instance}/` of its volume and is swept when that
 * instance starts. A chunk is read wherever it is: while it is moved it is always in one of the two places.
 */
export class ChunkFiles {
  /** Where each half is. */
  readonly places: Readonly<Record<Place, string>>;
  /** Where things are on the volume of each half. */
  readonly volumes: Readonly<Record<Place, string>>;
  readonly #instanceId: string;
  readonly #random: Random;
  readonly #create: (path: string) => Promise<NewFile>;
  readonly #moveFile: (from: string, to: string) => Promise<void>;
  readonly #knownFolders = new Set<string>();

  constructor({ folder, archiveFolder, instanceId, random, create, moveFile }: ChunkFilesOptions) {
    const archive = archiveFolder ?? join(folder, 'archive');
    this.places = { active: join(folder, 'active'), archive };
    this.volumes = { active: folder, archive };
    this.#instanceId = instanceId;
    this.#random = random;
    this.#create = create ?? ((path) => open(path, 'wx'));
    this.#moveFile = moveFile ?? rename;
  }

  #folderOf(place: Place, sessionId: string): string {
    return join(this.places[place], sessionId);
  }

  #incomingOf(place: Place): string {
    return join(this.volumes[place], 'incoming', this.#instanceId);
  }

  pathOf(key: ChunkKey, place: Place = 'active'): string {
    return join(this.#folderOf(place, key.session_id), chunkFileName(key));
  }

  /** Makes the folders and removes what a crash left half-written. */
  async open(): Promise<void> {
    for (const place of ['active', 'archive'] as const) {
      await rm(this.#incomingOf(place), { recursive: true, force: true });
      await mkdir(this.#incomingOf(place), { recursive: true });
      await mkdir(this.places[place], { recursive: true });
    }
  }

  /**
   * Receives, hashes, fsyncs and renames. Nothing is left behind when it fails.
   * @throws 7203 on another hash, 7205 on a full disk, 7206 on too many bytes
   */
  async write(key: ChunkKey, bytes: Readable): Promise<WrittenFile> {
    const temporary = join(this.#incomingOf('active'), this.#random.uuid());
    try {
      await this.#ensureFolder('active', key.session_id);
      const written = await receiveFile(await this.#create(temporary), bytes);
      if (written.hash !== key.chunk_hash) throw errors.HASH_MISMATCH();
      await this.#giveName(temporary, key);
      return written;
    } catch (error) {
      this.#forgetFolders(key.session_id); // it may be gone: another instance deletes sessions too
      await rm(temporary, { force: true });
      throw isDiskFull(error) ? errors.STORAGE_FULL({ cause: error }) : error;
    }
  }

  async #giveName(temporary: string, key: ChunkKey): Promise<void> {
    try {
      await rename(temporary, this.pathOf(key));
    } catch (error) {
      if (!isMissing(error)) throw error;
      // The folder was empty and somebody has tidied it away.
      this.#forgetFolders(key.session_id);
      await this.#ensureFolder('active', key.session_id);
      await rename(temporary, this.pathOf(key));
    }
    await syncFolder(this.#folderOf('active', key.session_id));
  }

  /** @returns undefined when there is no such file. The caller closes it, or reads it to its end. */
  async find(wanted: Wanted): Promise<OpenChunk | undefined> {
    const first = wanted.location ?? 'active';
    // The third look finds what was moved from the second place to the first between the two looks before.
    for (const place of [first, otherPlace(first), first]) {
      const file = await this.#openAt(this.pathOf(wanted, place));
      if (file) return openChunk(file, (await file.stat()).size);
    }
    return undefined;
  }

  async #openAt(path: string): Promise<FileHandle | undefined> {
    try {
      return await open(path, 'r');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** @returns the size in bytes, or undefined when there is no such file */
  async sizeOf(wanted: Wanted): Promise<number | undefined> {
    const found = await this.find(wanted);
    await found?.close();
    return found?.sizeBytes;
  }

  /** Hashes what is on disk now. @returns undefined when there is no such file */
  async hashOf(wanted: Wanted): Promise<string | undefined> {
    const found = await this.find(wanted);
    if (!found) return undefined;
    const hash = createHash('sha256');
    for await (const part of found.read()) hash.update(part as Buffer);
    return hash.digest('hex');
  }

  /**
   * Brings a file to the other half: by a rename, or across volumes by a copy that is fsynced and read again before it gets
   * its name. At every moment one of the two places has it whole.
   */
  async move(key: ChunkKey, sizeBytes: number, to: Place): Promise<MoveOutcome> {
    const [source, target] = [this.pathOf(key, otherPlace(to)), this.pathOf(key, to)];
    const from = await sizeAt(source);
    if (from === undefined) {
      const there = await sizeAt(target);
      if (there === undefined) return { kind: 'missing' };
      return there === sizeBytes ? { kind: 'moved', finish: async () => undefined } : { kind: 'damaged' };
    }
    if (from !== sizeBytes) return { kind: 'damaged' };
    await this.#ensureFolder(to, key.session_id);
    try {
      await this.#moveFile(source, target);
      await syncFolder(this.#folderOf(to, key.session_id));
      return { kind: 'moved', finish: async () => undefined };
    } catch (error) {
      if (!isOtherVolume(error)) throw error;
    }
    return this.#copy(key, source, to);
  }

  async #copy(key: ChunkKey, source: string, to: Place): Promise<MoveOutcome> {
    const incoming = this.#incomingOf(to);
    const temporary = join(incoming, this.#random.uuid());
    try {
      if ((await copyFile(source, temporary, incoming)) !== key.chunk_hash) return { kind: 'damaged' };
      await rename(temporary, this.pathOf(key, to));
      await syncFolder(this.#folderOf(to, key.session_id));
      return { kind: 'moved', finish: () => rm(source, { force: true }) };
    } catch (error) {
      throw isDiskFull(error) ? errors.STORAGE_FULL({ cause: error }) : error;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async remove(key: ChunkKey): Promise<void> {
    await rm(this.pathOf(key, 'active'), { force: true });
    await rm(this.pathOf(key, 'archive'), { force: true });
  }

  async removeAt(key: ChunkKey, place: Place): Promise<void> {
    await rm(this.pathOf(key, place), { force: true });
  }

  async removeSession(sessionId: string): Promise<void> {
    for (const place of ['active', 'archive'] as const)
      await rm(this.#folderOf(place, sessionId), { recursive: true, force: true });
    this.#forgetFolders(sessionId);
  }

  /** Names of the files of a session in one half, in order. */
  async namesAt(place: Place, sessionId: string): Promise<string[]> {
    const names = await readdir(this.#folderOf(place, sessionId)).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    return names.toSorted();
  }

  /** Removes the folder of a session in one half once nothing is in it. */
  async removeEmptyFolder(place: Place, sessionId: string): Promise<void> {
    this.#forgetFolders(sessionId);
    await rmdir(this.#folderOf(place, sessionId)).catch((error: unknown) => {
      if (!isMissing(error) && !isNotEmpty(error)) throw error;
    });
  }

  async #ensureFolder(place: Place, sessionId: string): Promise<void> {
    const folder = this.#folderOf(place, sessionId);
    if (this.#knownFolders.has(folder)) return;
    await mkdir(folder, { recursive: true });
    await syncFolder(this.places[place]);
    if (this.#knownFolders.size >= MAX_KNOWN_FOLDERS) this.#knownFolders.clear();
    this.#knownFolders.add(folder);
  }

  #forgetFolders(sessionId: string): void {
    for (const place of ['active', 'archive'] as const)
      this.#knownFolders.delete(this.#folderOf(place, sessionId));
  }
}

function openChunk(file: FileHandle, sizeBytes: number): OpenChunk {
  return {
    sizeBytes,
    read: (range) =>
      file.createReadStream({
        highWaterMark: READ_BUFFER_BYTES,
        start: range?.first ?? 0,
        ...(range ? { end: range.last } : {}),
      }),
    close: () => file.close(),
  };
}

async function sizeAt(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
