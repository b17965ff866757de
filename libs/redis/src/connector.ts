import { type LookupFunction, type Socket, connect as tcpConnect } from 'node:net';
import { AbstractConnector } from 'ioredis';

/** How long a closed connection may wait for the other side before it is cut. */
const DISCONNECT_MS = 500;

interface Place {
  host: string;
  port: number;
}

/** What the client opens its connections with: names are looked up as those of services are. */
export function connectorWith(lookup: LookupFunction): new (options: unknown) => AbstractConnector {
  return class Connector extends AbstractConnector {
    readonly #place: Place;

    constructor(options: unknown) {
      super(DISCONNECT_MS);
      this.#place = options as Place;
    }

    override connect(): Promise<Socket> {
      const { host, port } = this.#place;
      const socket = tcpConnect({ host, port, lookup });
      socket.once('error', (error) => {
        this.firstError = error;
      });
      this.connecting = true;
      this.stream = socket;
      return Promise.resolve(socket);
    }
  };
}
