import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Reply } from '@lucid/service';
import type { FastifyReply } from 'fastify';
import { type WebSocket, WebSocketServer } from 'ws';

/** Feeds go one way; what a client may say is a close frame and the answer to a ping. */
const LARGEST_MESSAGE_BYTES = 1024;

/** A request that may become a WebSocket. */
export class Upgrade {
  readonly #request: IncomingMessage;
  readonly #socket: Duplex;
  readonly #head: Buffer;

  constructor(request: IncomingMessage, socket: Duplex, head: Buffer) {
    this.#request = request;
    this.#socket = socket;
    this.#head = head;
  }

  /**
   * Completes the handshake.
   * @param protocol the subprotocol that is answered, where the client has offered it
   * @returns undefined when the client has gone meanwhile, or its handshake was wrong and it has been told 400
   */
  accept(protocol: string): Promise<WebSocket | undefined> {
    if (this.#socket.destroyed || !this.#socket.writable) return Promise.resolve(undefined);
    const server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: LARGEST_MESSAGE_BYTES,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(protocol) ? protocol : false),
    });
    return new Promise((resolve) => {
      server.once('wsClientError', () => {
        this.#socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        resolve(undefined);
      });
      server.handleUpgrade(this.#request, this.#socket, this.#head, resolve);
    });
  }
}

/** What a handler answers once the socket is somebody else's: nothing. */
export class TakenOver extends Reply {
  constructor() {
    super(101);
  }

  override sendBy(reply: FastifyReply): FastifyReply {
    return reply.hijack();
  }
}
