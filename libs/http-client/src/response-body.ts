import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { HttpBody } from './http-request.ts';

const DUMP_LIMIT_BYTES = 128 * 1024;

/**
 * The body of an answer: a stream with back-pressure. Whoever gets one reads it to its end, dumps or destroys it; until then it
 * holds a connection. Destroying it early aborts the exchange.
 */
export class ResponseBody extends Readable implements HttpBody {
  readonly #controller: Dispatcher.DispatchController;

  constructor(controller: Dispatcher.DispatchController) {
    super({ highWaterMark: 64 * 1024 });
    this.#controller = controller;
    // An answer that breaks off while nobody listens must not end the process; readers get the error all the same.
    this.on('error', () => undefined);
  }

  override _read(): void {
    this.#controller.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.readableEnded)
      this.#controller.abort(error ?? new Error('the body was destroyed before its end'));
    done(error);
  }

  /** @throws SyntaxError when the body is not JSON */
  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  async text(): Promise<string> {
    return (await this.bytes()).toString('utf8');
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return new Uint8Array(await this.bytes()).buffer;
  }

  /** The whole rest of the body. @throws what ended the body early */
  bytes(): Promise<Buffer> {
    if (this.readableEnded || this.destroyed)
      return Promise.reject(this.errored ?? new Error('the body was read already'));
    return new Promise((resolve, reject) => {
      const parts: Buffer[] = [];
      this.on('data', (part: Buffer) => parts.push(part));
      this.once('end', () => resolve(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)));
      this.once('error', reject);
      this.once('close', () => {
        if (!this.readableEnded) reject(new Error('the body was destroyed before its end'));
      });
    });
  }

  /** Reads and drops a small rest, so that the connection can be used again; destroys a big one. Never rejects. */
  dump({ limitBytes = DUMP_LIMIT_BYTES } = {}): Promise<void> {
    if (this.closed) return Promise.resolve();
    return new Promise((resolve) => {
      let dropped = 0;
      this.once('close', resolve);
      this.on('data', (part: Buffer) => {
        dropped += part.length;
        if (dropped > limitBytes) this.destroy();
      });
      this.resume();
    });
  }
}
