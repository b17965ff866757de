import type { Clock } from '@lucid/clock';
import { EVENTS_PROTOCOL, FEED_CLOSE } from '@lucid/contracts';
import type { Instruments } from '@lucid/metrics';
import { FeedSocket, type Upgrade } from '@lucid/web-socket';
import type { SessionDocument } from '../domain/session-document.ts';
import { errors } from '../errors.ts';
import type { metrics } from '../metrics.ts';
import type { FeedHub } from './feed-hub.ts';
import { teller } from './teller.ts';

export interface LiveFeedsOptions {
  hub: FeedHub;
  clock: Clock;
  instruments: Instruments<(typeof metrics)['definitions']>;
  maxFeeds: number;
}

/** The open live feeds of this instance. */
export class LiveFeeds {
  readonly #options: LiveFeedsOptions;
  readonly #open = new Set<FeedSocket>();
  #isClosing = false;

  constructor(options: LiveFeedsOptions) {
    this.#options = options;
  }

  /** @throws TOO_MANY_WATCHERS */
  refuseWhenFull(): void {
    if (this.#isClosing || this.#open.size >= this.#options.maxFeeds) throw errors.TOO_MANY_WATCHERS();
  }

  /** Accepts, and tells the session's story until it ends, the client leaves, or this instance stops. */
  async serve(upgrade: Upgrade, session: SessionDocument): Promise<void> {
    const { hub, clock, instruments } = this.#options;
    const socket = await upgrade.accept(EVENTS_PROTOCOL);
    if (!socket) return;
    const feed = new FeedSocket(socket, clock);
    this.#open.add(feed);
    instruments.session_feeds_open.set(this.#open.size);
    const tell = teller(feed, clock);
    const unwatch = hub.watch(session._id, tell);
    void feed.closed.then(() => {
      unwatch();
      this.#open.delete(feed);
      instruments.session_feeds_open.set(this.#open.size);
      instruments.session_feeds_closed_total.inc({ code: String(feed.closeCode) });
    });
    tell(session);
    if (this.#isClosing) await feed.close(FEED_CLOSE.goingAway, 'restart');
  }

  /** Sends everybody to another instance. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all([...this.#open].map((feed) => feed.close(FEED_CLOSE.goingAway, 'restart')));
  }
}
