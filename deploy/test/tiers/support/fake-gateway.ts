/** A gateway that says who it is, what it was sent, and can be made unready; it speaks a little WebSocket. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';

export class FakeGateway {
  readonly name: string;
  readonly host: string;
  ready = true;
  /** Bytes of uploads that have arrived so far, while they are still being sent. */
  received = 0;
  readonly seen: { readonly url: string; readonly headers: IncomingHttpHeaders }[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(name: string, host: string) {
    this.name = name;
    this.host = host;
    this.#server = createServer((request, response) => {
      const url = request.url ?? '';
      if (url === '/health/ready') return void response.writeHead(this.ready ? 200 : 503).end();
      this.seen.push({ url, headers: request.headers });
      const hash = createHash('sha256');
      const count = async (source: AsyncIterable<Buffer>) => {
        for await (const chunk of source) {
          this.received += chunk.length;
          hash.update(chunk);
        }
      };
      void pipeline(request, count).then(
        () => response.end(JSON.stringify({ by: this.name, sha256: hash.digest('hex') })),
        () => response.destroy(), // the client went away
      );
    });
    this.#server.on('upgrade', (request, socket) => {
      const accept = createHash('sha1')
        .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        .digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nX-By: ${this.name}\r\n\r\n`,
      );
      socket.on('data', (data) => socket.write(data));
      socket.on('end', () => socket.end());
      socket.on('error', () => socket.destroy());
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  async listen(port: number): Promise<number> {
    this.#server.listen(port, this.host);
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /** Dies at once, with everything that is open. */
  async kill(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }
}
