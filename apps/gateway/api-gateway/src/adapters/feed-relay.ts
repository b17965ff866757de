import type { Clock } from '@lucid/clock';
import { FEED_CLOSE } from '@lucid/contracts';
import { FeedSocket } from '@lucid/web-socket';
import type { WebSocket } from 'ws';

/** How late a sign-out is noticed; a token that expires ends its feed at that very moment. */
const CHECK_TOKEN_EVERY_MS = 2000;

export interface Relayed {
  client: WebSocket;
  upstream: WebSocket;
  clock: Clock;
  /** @throws when the token is good no longer. @returns until when it is, wall clock */
  checkToken: () => Promise<number>;
  /** Aborts when this gateway stops. */
  stopping: AbortSignal;
}

/**
 * Passes frames on from the service to the client until one of the three ends it: the service, the client, or the token. The service is
 * read only as fast as the client takes it. @returns when the client's connection is gone
 */
export async function relayFeed({ client, upstream, clock, checkToken, stopping }: Relayed): Promise<void> {
  const feed = new FeedSocket(client, clock);
  upstream.on('message', (data) => {
    feed.send(String(data), () => {
      if (upstream.isPaused && !feed.isFull) upstream.resume();
    });
    if (feed.isFull) upstream.pause();
  });
  upstream.once('close', (code, reason) => void feed.close(passedOn(code), String(reason)));
  const stop = () => void feed.close(FEED_CLOSE.goingAway, 'restart');
  stopping.addEventListener('abort', stop, { once: true });
  if (stopping.aborted) stop();
  upstream.resume();
  void endWithToken(feed, clock, checkToken);
  await feed.closed;
  stopping.removeEventListener('abort', stop);
  upstream.close();
  upstream.terminate();
}

/** Codes that only a broken connection has cannot be sent: the client is told to come again. */
const passedOn = (code: number): number =>
  code === 1005 || code === 1006 || code === 1015 ? FEED_CLOSE.goingAway : code;

async function endWithToken(
  feed: FeedSocket,
  clock: Clock,
  checkToken: () => Promise<number>,
): Promise<void> {
  while (!feed.signal.aborted) {
    try {
      const leftMs = (await checkToken()) - clock.nowMs();
      await clock.sleep(Math.max(0, Math.min(CHECK_TOKEN_EVERY_MS, leftMs)), feed.signal);
    } catch {
      // Either the feed has ended, and there is nothing left to close, or the token has.
      return feed.close(FEED_CLOSE.tokenEnded, 'token_expired');
    }
  }
}
