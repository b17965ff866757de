import { type Clock, isoTime } from '@lucid/clock';
import { FEED_CLOSE, type SessionEvent } from '@lucid/contracts';
import type { FeedSocket } from '@lucid/web-socket';
import { feedEvents } from '../domain/feed-events.ts';
import type { SessionDocument } from '../domain/session-document.ts';
import { hasEnded } from '../domain/session-status.ts';

/** Who is told. */
type Told = Pick<FeedSocket, 'isFull' | 'send' | 'close'>;

/**
 * Nothing is queued: what a client that reads slowly has not been told yet is the difference to what it was told last, which is
 * worked out when it has room again.
 */
export function teller(feed: Told, clock: Clock): (session: SessionDocument) => void {
  let told: SessionDocument | undefined;
  let sequence = 0;
  let isOver = false;
  return (session) => {
    if (isOver || feed.isFull || isOlder(session, told)) return;
    const events = feedEvents(told, session);
    told = session;
    for (const event of events) {
      const frame: SessionEvent = { ...event, sequence: ++sequence, at: isoTime(clock) };
      feed.send(JSON.stringify(frame));
    }
    if (!hasEnded(session.status)) return;
    isOver = true;
    void feed.close(FEED_CLOSE.ended, session.status);
  };
}

/** A look that was begun before the one that was told already. */
const isOlder = (session: SessionDocument, told: SessionDocument | undefined): boolean =>
  told !== undefined && (session.version < told.version || session.progress_version < told.progress_version);
