import { existsSync, type FSWatcher, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { BenchSystem } from './bench-system.ts';

const SEALED = /^(\d{6})\.chunk$/;

/**
 * When the last byte of each chunk came to the recorder: when its file was last written. Renaming keeps that time, and the file
 * is there until storage has the chunk, so it is looked up when the folder tells of the new name.
 */
export class SealWatch {
  readonly #folders: readonly string[];
  readonly #watchers: FSWatcher[] = [];
  readonly #lastByteMs = new Map<string, number>();

  /** @param folders where recorders keep their recordings */
  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  static async on(system: BenchSystem): Promise<SealWatch> {
    const recorders = await system.instances('session-recorder');
    return new SealWatch(recorders.map(({ id }) => join(system.home, 'data', id)));
  }

  /** @throws Error when no recorder has it */
  follow(sessionId: string): void {
    const folder = this.#folders.map((each) => join(each, sessionId)).find((each) => existsSync(each));
    if (!folder) throw new Error(`no recorder has ${sessionId}`);
    const watcher = watch(folder, (_event, name) => {
      const [, sequence] = SEALED.exec(name ?? '') ?? [];
      if (name === null || sequence === undefined) return;
      const key = keyOf(sessionId, Number(sequence));
      if (this.#lastByteMs.has(key)) return;
      const found = statSync(join(folder, name), { throwIfNoEntry: false });
      if (found) this.#lastByteMs.set(key, found.mtimeMs);
    });
    this.#watchers.push(watcher);
  }

  /** Milliseconds since 1970; undefined when the file was gone before it was looked at. */
  lastByteMs(sessionId: string, sequence: number): number | undefined {
    return this.#lastByteMs.get(keyOf(sessionId, sequence));
  }

  end(): void {
    for (const watcher of this.#watchers.splice(0)) watcher.close();
  }
}

const keyOf = (sessionId: string, sequence: number): string => `${sessionId}:${sequence}`;
