/** The listener of the wire protocol. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Connection, type ConnectionEvents } from './connection.ts';
import type { Engine } from './engine.ts';

export interface WireServerOptions {
  engine: Engine;
  host: string;
  port: number;
  /** Nobody has to log in. */
  trusted: boolean;
  events: Omit<ConnectionEvents, 'onClosed'>;
}

/** How long clients may take to notice that the connection was ended. */
const HANG_UP_MS = 1_000;

export class WireServer {
  readonly #options: WireServerOptions;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  #lastId = 0;

  constructor(options: WireServerOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  get connections(): number {
    return this.#connections.size;
  }

  #accept(socket: Socket): void {
    this.#lastId += 1;
    const { engine, trusted, events } = this.#options;
    const onClosed = (closed: Connection): void => void this.#connections.delete(closed);
    this.#connections.add(new Connection(socket, this.#lastId, engine, trusted, { ...events, onClosed }));
  }

  /** @returns the address it listens on */
  listen(): Promise<{ host: string; port: number }> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        const { address, port: bound } = this.#server.address() as AddressInfo;
        resolve({ host: address, port: bound });
      });
    });
  }

  /** Takes no new clients, finishes what is in flight, hangs up. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await Promise.all([...this.#connections].map((connection) => connection.end()));
    const late = setTimeout(() => {
      for (const connection of this.#connections) connection.destroy();
    }, HANG_UP_MS);
    await closed;
    clearTimeout(late);
  }
}
