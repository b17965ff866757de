import type { Clock } from '@lucid/clock';
import type { Recordings } from './recordings.ts';

const FRESH_MS = 1000;

/** Which recorders can be asked for plaintext now; asked of MongoDB once a second at most. */
export class LiveRecorders {
  readonly #recordings: Pick<Recordings, 'liveOwners'>;
  readonly #clock: Clock;
  #known: Promise<Map<string, string>> | undefined;
  #askedMs = 0;

  constructor(recordings: Pick<Recordings, 'liveOwners'>, clock: Clock) {
    this.#recordings = recordings;
    this.#clock = clock;
  }

  /** Address by instance id. */
  addresses(): Promise<Map<string, string>> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#known && nowMs - this.#askedMs < FRESH_MS) return this.#known;
    this.#askedMs = nowMs;
    const asking = this.#recordings.liveOwners(this.#clock.nowMs());
    asking.catch(() => {
      if (this.#known === asking) this.#known = undefined;
    });
    this.#known = asking;
    return asking;
  }
}
