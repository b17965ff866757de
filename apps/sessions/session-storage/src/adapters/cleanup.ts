import type { Stats } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, isoTime } from '@lucid/clock';
import type { CleanupReport } from '@lucid/contracts';
import { otherPlace, type Place } from '../domain/chunk-place.ts';
import { judgeFile, type KnownFile } from '../domain/leftover.ts';
import type { ChunkFiles } from './chunk-files.ts';
import { isMissing } from './file-errors.ts';
import type { StoredChunks } from './stored-chunks.ts';

export interface CleanupOptions {
  files: ChunkFiles;
  chunks: StoredChunks;
  clock: Clock;
  /** Younger files are left alone: somebody may be writing them. */
  ageMs: number;
  /** How long files that no record knows are kept aside. */
  quarantineMs: number;
  isDryRun: boolean;
  /** Called between sessions. @throws to end the cleanup */
  onward: () => Promise<void>;
}

type What = 'temporary' | 'unknown' | 'duplicates' | 'deleted' | 'expired';

const SESSION_FOLDER = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const QUARANTINE = 'quarantine';
const PLACES: readonly Place[] = ['active', 'archive'];

/**
 * Takes away what crashes left behind: unfinished uploads and copies, second copies, files of removed chunks. Files that no
 * record knows are set aside first, under `quarantine/` of their volume, and removed when nobody has missed them.
 */
export class Cleanup {
  readonly #options: CleanupOptions;
  readonly #report: CleanupReport;

  constructor(options: CleanupOptions) {
    this.#options = options;
    const now = isoTime(options.clock);
    const none = () => ({ files: 0, bytes: 0 });
    this.#report = {
      dry_run: options.isDryRun,
      started_at: now,
      finished_at: now,
      temporary: none(),
      unknown: none(),
      duplicates: none(),
      deleted: none(),
      expired: none(),
    };
  }

  async run(): Promise<CleanupReport> {
    for (const place of PLACES) {
      const volume = this.#options.files.volumes[place];
      await this.#unfinished(join(volume, 'incoming'));
      await this.#expired(join(volume, QUARANTINE));
      for (const sessionId of await namesIn(this.#options.files.places[place]))
        if (SESSION_FOLDER.test(sessionId)) await this.#session(place, sessionId);
    }
    return { ...this.#report, finished_at: isoTime(this.#options.clock) };
  }

  async #unfinished(incoming: string): Promise<void> {
    for (const instance of await namesIn(incoming))
      for (const name of await namesIn(join(incoming, instance))) {
        const path = join(incoming, instance, name);
        if (await this.#isOld(path)) await this.#takeAway('temporary', path);
      }
  }

  async #expired(quarantine: string): Promise<void> {
    const { clock, quarantineMs } = this.#options;
    for (const name of await namesIn(quarantine)) {
      const setAsideMs = Number(name.slice(name.lastIndexOf('.') + 1));
      if (clock.nowMs() - setAsideMs >= quarantineMs) await this.#takeAway('expired', join(quarantine, name));
    }
  }

  async #session(place: Place, sessionId: string): Promise<void> {
    const { files, chunks, onward } = this.#options;
    await onward();
    const folder = join(files.places[place], sessionId);
    const names = await namesIn(folder);
    const known = await chunks.files(sessionId); // after the names: a file that has a record now is no leftover
    for (const name of names) {
      const path = join(folder, name);
      const record = known.get(Number(name.slice(0, 6)));
      const what = judgeFile({ name, place }, record, await this.#hasTwin(place, sessionId, name, record));
      if (what === 'wanted' || !(await this.#isOld(path))) continue;
      if (what === 'unknown') await this.#setAside(place, sessionId, name);
      else await this.#takeAway(what === 'duplicate' ? 'duplicates' : 'deleted', path);
    }
    if (!this.#options.isDryRun && (await this.#isOld(folder)))
      await files.removeEmptyFolder(place, sessionId);
  }

  async #hasTwin(
    place: Place,
    sessionId: string,
    name: string,
    record: (KnownFile & { size_bytes: number }) | undefined,
  ): Promise<boolean> {
    const twin = join(this.#options.files.places[otherPlace(place)], sessionId, name);
    return record !== undefined && (await fileAt(twin))?.size === record.size_bytes;
  }

  async #setAside(place: Place, sessionId: string, name: string): Promise<void> {
    const { files, clock } = this.#options;
    const path = join(files.places[place], sessionId, name);
    if (!(await this.#count('unknown', path)) || this.#options.isDryRun) return;
    const quarantine = join(files.volumes[place], QUARANTINE);
    await mkdir(quarantine, { recursive: true });
    await rename(path, join(quarantine, `${sessionId}.${name}.${clock.nowMs()}`));
  }

  async #takeAway(what: What, path: string): Promise<void> {
    if ((await this.#count(what, path)) && !this.#options.isDryRun) await rm(path, { force: true });
  }

  async #count(what: What, path: string): Promise<boolean> {
    const file = await fileAt(path);
    if (!file) return false;
    this.#report[what].files++;
    this.#report[what].bytes += file.size;
    return true;
  }

  async #isOld(path: string): Promise<boolean> {
    const { clock, ageMs } = this.#options;
    const found = await entryAt(path);
    return found !== undefined && clock.nowMs() - found.mtimeMs >= ageMs;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** @returns undefined when it is gone, or is no file */
async function fileAt(path: string): Promise<Stats | undefined> {
  const found = await entryAt(path);
  return found?.isFile() ? found : undefined;
}

async function entryAt(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
