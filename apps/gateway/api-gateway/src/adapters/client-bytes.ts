import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

const BUFFER_BYTES = 256 * 1024;

/**
 * The octets a client sends, piece by piece and with back-pressure. It stands between the client's request and the call to the
 * service because whoever sends a stream also destroys it: destroying the request itself would cut the client's connection
 * before it has the answer. The request is not touched before somebody reads.
 */
export class ClientBytes extends Readable {
  readonly #source: IncomingMessage;
  #attached = false;
  readonly #onData = (piece: Buffer) => {
    if (!this.push(piece)) this.#source.pause();
  };
  readonly #onEnd = () => this.push(null);
  readonly #onClose = () => {
    if (!this.#source.complete) this.destroy(new Error('the client went away'));
  };

  constructor(source: IncomingMessage) {
    super({ highWaterMark: BUFFER_BYTES });
    this.#source = source;
    source.once('close', this.#onClose);
    this.on('error', () => undefined); // told to whoever reads; nobody reading is no failure of this process
  }

  /** Nothing of the body has been read: another call may have it. */
  get isUntouched(): boolean {
    return !this.#attached;
  }

  override _read(): void {
    if (!this.#attached) {
      this.#attached = true;
      this.#source.on('data', this.#onData);
      this.#source.once('end', this.#onEnd);
    }
    this.#source.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#source.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose);
    if (this.#attached && !this.#source.readableEnded) this.#source.pause();
    done(error);
  }
}
