import type { RequestListener } from 'node:http';
import { afterEach, beforeEach } from 'vitest';
import type { HttpClientOptions } from '../src/index.ts';
import { aClient, TestServer } from './helpers.ts';

/** For each test of a file a new client, and the servers it finds; they end with the test. */
export function clientAndServers() {
  let servers: TestServer[] = [];
  let setup = aClient();
  beforeEach(() => {
    servers = [];
    setup = aClient();
  });
  afterEach(async () => {
    await setup.client.close();
    await Promise.all(servers.map((server) => server.stop()));
  });
  return {
    get client() {
      return setup.client;
    },
    get discovery() {
      return setup.discovery;
    },
    get clock() {
      return setup.clock;
    },
    get get() {
      return setup.get;
    },
    get outcome() {
      return setup.outcome;
    },
    get servers() {
      return servers;
    },
    /** Another client, for a test that wants it otherwise. */
    useClient(options: Partial<HttpClientOptions>): void {
      setup = aClient(options);
    },
    /** Starts one server for each listener, and lets the client find them all. */
    async serve(...listeners: RequestListener[]): Promise<TestServer[]> {
      servers = await Promise.all(listeners.map((listener) => new TestServer(listener).start()));
      setup.discovery.addresses = servers.map(({ address }) => address);
      return servers;
    },
  };
}

export const ok: RequestListener = (request, response) => {
  request.resume();
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ ok: true }));
};

export const answer =
  (status: number): RequestListener =>
  (request, response) => {
    request.resume();
    response.writeHead(status).end();
  };

export const dropping: RequestListener = (request) => void request.socket.destroy();
