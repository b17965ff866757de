import { type Clock, repeat } from '@lucid/clock';
import type { Logger } from '@lucid/logging';
import type { SessionDocument } from '../domain/session-document.ts';
import type { Sessions } from './sessions.ts';

/** Far shorter than a person notices, and one question to the store for all feeds of this instance. */
const LOOK_EVERY_MS = 250;
const BATCH = 500;

type Listener = (session: SessionDocument) => void;

/**
 * Looks at all sessions that somebody watches here, again and again. The store is what all replicas share, so a change is seen
 * whichever of them has written it, and a look that fails is made up for by the next.
 */
export class FeedHub {
  readonly #sessions: Pick<Sessions, 'findMany'>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #listeners = new Map<string, Set<Listener>>();

  constructor(sessions: Pick<Sessions, 'findMany'>, clock: Clock, logger: Logger) {
    this.#sessions = sessions;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** @returns ends it */
  watch(sessionId: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(sessionId) ?? new Set();
    this.#listeners.set(sessionId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(sessionId);
    };
  }

  run(signal: AbortSignal): Promise<void> {
    const onError = (error: unknown) => this.#logger.warn({ err: error }, 'live feeds wait for the store');
    return repeat(() => this.#look(), { clock: this.#clock, pauseMs: LOOK_EVERY_MS, signal, onError });
  }

  async #look(): Promise<boolean> {
    const watched = [...this.#listeners.keys()];
    for (let at = 0; at < watched.length; at += BATCH)
      for (const session of await this.#sessions.findMany(watched.slice(at, at + BATCH)))
        for (const listener of [...(this.#listeners.get(session._id) ?? [])]) listener(session);
    return false;
  }
}
