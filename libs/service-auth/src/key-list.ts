import { readFile, stat } from 'node:fs/promises';
import type { Clock } from '@lucid/clock';
import { commonErrors } from '@lucid/errors';
import { type KnownKey, parseKeyList } from './parse-key-list.ts';

/** How often the file is looked at while tokens arrive. */
const CHECK_EVERY_MS = 1000;
/** How often it is looked at when tokens name unknown keys: a new instance is known at once, a storm of forgeries is cheap. */
const URGENT_CHECK_EVERY_MS = 50;
/** An unknown key makes the file be read anew even if it looks unchanged, this often at most. */
const REREAD_EVERY_MS = 1000;

export interface KeyListOptions {
  path: string;
  clock: Clock;
  /** Told when the file cannot be read; the last good list stays in force. */
  onError?: ((error: unknown) => void) | undefined;
}

/** The deployment's public keys, kept in step with their file. */
export class KeyList {
  readonly #options: KeyListOptions;
  #keys: ReadonlyMap<string, KnownKey> | undefined;
  #stamp = '';
  #checkedMs = Number.NEGATIVE_INFINITY;
  #readMs = Number.NEGATIVE_INFINITY;
  #checking: Promise<void> | undefined;

  constructor(options: KeyListOptions) {
    this.#options = options;
  }

  get(kid: string): KnownKey | undefined {
    return this.#keys?.get(kid);
  }

  /** True when it is time to look at the file. */
  get isDue(): boolean {
    return !this.#keys || this.#sinceMs(this.#checkedMs) >= CHECK_EVERY_MS;
  }

  /**
   * Looks whether the file changed and reads it if so. Concurrent calls share one look.
   * @param urgent a token named a key that is not in the list
   * @throws UNAVAILABLE when no list was ever read
   */
  async refresh(urgent: boolean): Promise<void> {
    const pauseMs = urgent ? URGENT_CHECK_EVERY_MS : CHECK_EVERY_MS;
    if (this.#keys && !this.#checking && this.#sinceMs(this.#checkedMs) < pauseMs) return;
    this.#checking ??= this.#check(urgent).finally(() => {
      this.#checking = undefined;
    });
    await this.#checking;
  }

  async #check(urgent: boolean): Promise<void> {
    const { path, onError } = this.#options;
    this.#checkedMs = this.#options.clock.monotonicMs();
    try {
      const { mtimeNs, size, ino } = await stat(path, { bigint: true });
      const stamp = `${mtimeNs} ${size} ${ino}`;
      const reread = urgent && this.#sinceMs(this.#readMs) >= REREAD_EVERY_MS;
      if (this.#keys && stamp === this.#stamp && !reread) return;
      this.#readMs = this.#options.clock.monotonicMs();
      this.#keys = parseKeyList(await readFile(path, 'utf8'));
      this.#stamp = stamp;
    } catch (error) {
      onError?.(error);
      if (!this.#keys) throw commonErrors.UNAVAILABLE({ cause: error });
    }
  }

  #sinceMs(earlierMs: number): number {
    return this.#options.clock.monotonicMs() - earlierMs;
  }
}
