import type { Clock } from '@lucid/clock';
import { WebSocket } from 'ws';

const PING_EVERY_MS = 30_000;
/** A peer that does not answer a close has so long until the connection is cut. */
const CLOSE_WAIT_MS = 2000;
/** More than this is not kept for a slow reader. */
const FULL_BYTES = 64 * 1024;

/**
 * A WebSocket that is written to. Peers are asked every 30 s whether they still listen; one that has not answered by the next time, or
 * whose machine reads nothing, is cut off.
 */
export class FeedSocket {
  /** Resolves when the connection is gone, whoever ended it. */
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #gone = new AbortController();
  #closeCode = 1006;

  constructor(socket: WebSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    socket.on('error', () => undefined); // the close that follows says all there is to say
    this.closed = new Promise((resolve) => {
      socket.once('close', (code) => {
        this.#closeCode = code;
        this.#gone.abort(new Error('the feed is closed'));
        resolve();
      });
    });
    if (socket.readyState === WebSocket.CLOSED) socket.emit('close', this.#closeCode);
    void this.#askForLife();
  }

  /** Aborts when the connection is gone. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** With which code it ended; 1006 while it is open and when it broke. */
  get closeCode(): number {
    return this.#closeCode;
  }

  /** The peer has not taken what was sent: keep nothing more for it. */
  get isFull(): boolean {
    return this.#socket.bufferedAmount > FULL_BYTES;
  }

  /** Sends unless the connection is closing. @param taken called when the bytes have left this process */
  send(text: string, taken?: () => void): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text, () => taken?.());
    else taken?.();
  }

  /** Says why, and cuts the connection off when the peer does not answer in time. */
  async close(code: number, reason: string): Promise<void> {
    this.#socket.close(code, reason);
    await this.#clock.sleep(CLOSE_WAIT_MS, this.signal).catch(() => undefined); // aborted: it is closed
    this.#socket.terminate();
    await this.closed;
  }

  async #askForLife(): Promise<void> {
    let isAlive = true;
    this.#socket.on('pong', () => {
      isAlive = true;
    });
    while (!this.signal.aborted) {
      await this.#clock.sleep(PING_EVERY_MS, this.signal).catch(() => undefined); // aborted: the loop ends
      if (this.signal.aborted) return;
      if (!isAlive) return this.#socket.terminate();
      isAlive = false;
      if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping();
    }
  }
}
