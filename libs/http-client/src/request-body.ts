import { Readable } from 'node:stream';
import { CallerFault } from './caller-fault.ts';
import type { HttpRequest } from './http-request.ts';

/**
 * Watches a streamed request body, to tell "the caller's stream broke" from "the upstream broke" and to notice progress. Its
 * error listener stays, for the stream may fail between two attempts, when nobody else listens.
 */
export class RequestBody {
  readonly body: Buffer | string | Readable | null;
  readonly #stream: Readable | undefined;
  #failure: { error: unknown } | undefined;
  #onPiece: (() => void) | undefined;
  #exchangeEnded = false;

  constructor(body: HttpRequest['body']) {
    this.body = body ?? null;
    if (!(body instanceof Readable)) return;
    this.#stream = body;
    if (body.destroyed && !body.readableEnded) this.#fail(body.errored);
    body.on('error', (error) => this.#fail(error));
    body.once('close', () => {
      if (!body.readableEnded) this.#fail(null);
    });
  }

  /** @throws CallerFault when the stream broke on the caller's side */
  throwIfBroken(): void {
    if (this.#failure) throw new CallerFault(this.#failure.error);
  }

  /** To be called when sending begins: whoever reads the stream attaches in the same turn, so no piece is lost to this listener. */
  sending(onPiece: () => void): void {
    if (!this.#stream || this.#onPiece) return;
    this.#onPiece = onPiece;
    this.#stream.on('data', onPiece);
  }

  /**
   * The exchange that was sending the stream is over. Whoever sends a stream destroys it at the end, also when the upstream broke
   * the exchange: from here on its closing says nothing about the caller.
   */
  exchangeEnded(): void {
    this.#exchangeEnded = true;
  }

  /** Stops watching for progress. */
  done(): void {
    if (this.#onPiece) this.#stream?.off('data', this.#onPiece);
  }

  #fail(error: unknown): void {
    if (this.#exchangeEnded) return;
    this.#failure ??= { error: error ?? new Error('the request body ended early') };
  }
}
