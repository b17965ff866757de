import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Clock, seededRandom, systemClock } from '@lucid/clock';
import type { Address, Discovery } from '@lucid/discovery';
import { commonErrors } from '@lucid/errors';
import { createHttpClient, type HttpClientOptions } from '../src/index.ts';

/** Discovery by hand. */
export class FixedDiscovery implements Discovery {
  addresses: readonly Address[] = [];

  async resolve(host: string, port: number): Promise<readonly Address[]> {
    if (host === '127.0.0.1') return [{ host, port }];
    if (this.addresses.length === 0) throw commonErrors.UPSTREAM_UNREACHABLE();
    return this.addresses;
  }

  lookup = () => {
    throw new Error('not used');
  };

  async close(): Promise<void> {}
}

export class TestServer {
  readonly sockets = new Set<Socket>();
  readonly requests: IncomingMessage[] = [];
  readonly server: Server;

  constructor(listener: RequestListener) {
    this.server = createServer((request, response) => {
      this.requests.push(request);
      listener(request, response);
    });
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  async start(port = 0): Promise<this> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  get address(): Address {
    const { port } = this.server.address() as AddressInfo;
    return { host: '127.0.0.1', port };
  }

  get key(): string {
    return `127.0.0.1:${this.address.port}`;
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}

/** An address where nobody listens. */
export async function deadAddress(): Promise<Address> {
  const server = await new TestServer(() => undefined).start();
  const { address } = server;
  await server.stop();
  return address;
}

/** The system's clock, with the monotonic one set forward at will. */
export function skippingClock(): Clock & { skip(ms: number): void } {
  let skippedMs = 0;
  return {
    ...systemClock,
    monotonicMs: () => systemClock.monotonicMs() + skippedMs,
    skip: (ms) => {
      skippedMs += ms;
    },
  };
}

export const BASE_URL = 'http://lucid-x:8084';

export function aClient(options: Partial<HttpClientOptions> = {}) {
  const discovery = new FixedDiscovery();
  const clock = skippingClock();
  const client = createHttpClient({ discovery, clock, random: seededRandom('client'), ...options });
  const get = (path = '/', more = {}) => client.request({ baseUrl: BASE_URL, method: 'GET', path, ...more });
  /** Status of a GET, or the code of the error it ended with. */
  const outcome = async (path = '/', more = {}): Promise<number> => {
    try {
      const { status, body } = await get(path, more);
      await body.dump();
      return status;
    } catch (error) {
      return (error as { code: number }).code;
    }
  };
  return { client, discovery, clock, get, outcome };
}
