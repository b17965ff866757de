import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A real HTTP server on loopback that remembers what it was asked. */
export class Upstream {
  readonly seen: Seen[] = [];
  answer: Answer = (_request, response) => json(response, 200, { ok: true });
  #server: Server | undefined;
  #port = 0;

  static async start(answer?: Answer): Promise<Upstream> {
    const upstream = new Upstream();
    if (answer) upstream.answer = answer;
    await upstream.listen();
    return upstream;
  }

  /** One that runs elsewhere. */
  static at(port: number): Upstream {
    const upstream = new Upstream();
    upstream.#port = port;
    return upstream;
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: this.#port };
  }

  get key(): string {
    return `127.0.0.1:${this.#port}`;
  }

  connections(): Promise<number> {
    return new Promise((resolve) => this.#server?.getConnections((_error, count) => resolve(count)));
  }

  async listen(): Promise<void> {
    const server = createServer({ requestTimeout: 0 }, (request, response) => {
      request.on('error', () => undefined);
      this.answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    server?.closeAllConnections();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  }

  /** Remembers the request with its body, then answers. */
  remembering(answer: Answer): Answer {
    return (request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        this.seen.push({ method, url, headers, body: Buffer.concat(pieces).toString('utf8') });
        answer(request, response);
      });
    };
  }
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
      ...headers,
    })
    .end(text);
}

export const envelope = (code: number, details?: object) => ({
  error: { code: `LUCID_ERR_${code}`, message: 'upstream says no', ...(details ? { details } : {}) },
});
