import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

export type ReplyHeaders = Record<string, string | number>;

/** An answer that says more than its body: status, headers, or a stream of octets. */
export class Reply {
  readonly #status: number;
  readonly #body: unknown;
  readonly #headers: ReplyHeaders;
  #onceSent: (() => void) | undefined;

  constructor(status: number, body?: unknown, headers: ReplyHeaders = {}) {
    this.#status = status;
    this.#body = body;
    this.#headers = headers;
  }

  /** Octets; the stream is destroyed when the caller goes away. */
  static bytes(status: number, bytes: Readable | Buffer, headers: ReplyHeaders = {}): Reply {
    return new Reply(status, bytes, { 'content-type': 'application/octet-stream', ...headers });
  }

  /** Runs when the last byte is with the kernel, or the caller has gone: the memory of the body is nobody's any more. */
  onceSent(then: () => void): this {
    this.#onceSent = then;
    return this;
  }

  sendBy(reply: FastifyReply): FastifyReply {
    if (this.#onceSent) reply.raw.once('close', this.#onceSent);
    return reply.code(this.#status).headers(this.#headers).send(this.#body);
  }
}
