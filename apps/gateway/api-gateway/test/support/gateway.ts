import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock, systemRandom } from '@lucid/clock';
import type { Revocation } from '@lucid/contracts';
import type { Discovery } from '@lucid/discovery';
import { createHttpClient, type HttpClient } from '@lucid/http-client';
import type { RedisOptions } from '@lucid/redis';
import { createCredentials, loadServiceKey } from '@lucid/service-auth';
import { eventually, TestIdentities, testContext } from '@lucid/testing';
import { connect } from '../../src/adapters/connect.ts';
import { buildApp } from '../../src/app.ts';
import { config } from '../../src/config.ts';
import { jwks } from './tokens.ts';
import { json, Upstream } from './upstream.ts';

const SERVICE = 'lucid-api-gateway';

export const SERVICES = [
  'lucid-auth-service',
  'lucid-session-api',
  'lucid-session-recorder',
  'lucid-session-anchoring',
  'lucid-blockchain-engine',
] as const;

export interface TestGateway {
  url: string;
  /** The same gateway as seen from the outside world. */
  outsideUrl: string;
  http: HttpClient;
  identities: TestIdentities;
  /** The instances behind a name, as DNS would tell; the first one answers unless a test adds more. */
  instances: Map<string, Upstream[]>;
  upstream(service: (typeof SERVICES)[number]): Upstream;
  revocations: Revocation[];
  metrics(): Promise<string>;
  /** Asks the dependencies, as a running service does every two seconds. */
  refreshHealth(): Promise<void>;
  close(): Promise<void>;
}

/** The gateway on loopback, before real HTTP servers in place of the services. */
export async function startGateway(
  environment: Record<string, string> = {},
  redis: RedisOptions = {},
): Promise<TestGateway> {
  const identities = new TestIdentities();
  const instances = new Map<string, Upstream[]>();
  const revocations: Revocation[] = [];
  for (const service of SERVICES) {
    const upstream = await Upstream.start();
    upstream.answer = upstream.remembering((_request, response) => json(response, 200, { service }));
    instances.set(service, [upstream]);
  }
  answerForAuth(first(instances, 'lucid-auth-service'), revocations);
  const base = testContext({ service: SERVICE, identities });
  const http = httpFor(instances, identities);
  const discovery = discoveryOver(instances);
  const context = Object.create(base, { mesh: { value: { ...base.mesh, http, discovery } } }) as typeof base;
  let answer: RequestListener | undefined;
  const published = createServer({ requestTimeout: 0 }, (request, response) => answer?.(request, response));
  await new Promise<void>((resolve) => published.listen(0, '127.0.0.1', resolve));
  const publishedPort = (published.address() as AddressInfo).port;
  const settings = config.load({
    ...identities.environment(SERVICE, []),
    PUBLISH_ADDRESS: `127.0.0.1:${publishedPort}`,
    RATE_LIMIT_ENABLED: 'false',
    ...environment,
  });
  const app = buildApp(settings, await connect(settings, context, redis), context);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  answer = (request, response) => app.routing(request, response);
  await eventually('keys and revocations are known', async () => {
    await context.health.refresh();
    return context.health.ready;
  });
  return {
    url,
    outsideUrl: `http://127.0.0.1:${publishedPort}`,
    http,
    identities,
    instances,
    revocations,
    upstream: (service) => first(instances, service),
    metrics: () => context.registry.metrics(),
    refreshHealth: () => context.health.refresh(),
    close: async () => {
      published.closeAllConnections();
      app.server.closeAllConnections();
      await context.lifecycle.stop();
      published.close();
      await app.close();
      for (const upstream of [...instances.values()].flat()) await upstream.close();
      await http.close();
      identities[Symbol.dispose]();
    },
  };
}

function first(instances: Map<string, Upstream[]>, service: string): Upstream {
  const [upstream] = instances.get(service) ?? [];
  if (!upstream) throw new Error(`no ${service}`);
  return upstream;
}

function answerForAuth(auth: Upstream, revocations: Revocation[]): void {
  const remembered = auth.answer;
  auth.answer = (request, response) => {
    if (request.url === '/.well-known/jwks.json') return json(response, 200, jwks);
    if (request.url?.startsWith('/api/v1/internal/auth/revocations'))
      return json(response, 200, { revocations, cursor: '0.' });
    return remembered(request, response);
  };
}

function discoveryOver(instances: Map<string, Upstream[]>): Discovery {
  return {
    resolve: async (host) => {
      const found = (instances.get(host) ?? []).map(({ address }) => address);
      if (found.length > 0) return found;
      const [name = '', port] = host.split(':');
      return [{ host: name, port: Number(port) }];
    },
    lookup: () => undefined,
    close: async () => undefined,
  };
}

function httpFor(instances: Map<string, Upstream[]>, identities: TestIdentities): HttpClient {
  const discovery = discoveryOver(instances);
  const literal: Discovery = {
    ...discovery,
    resolve: async (host, port) => (/^[\d.]+$/.test(host) ? [{ host, port }] : discovery.resolve(host, port)),
  };
  const credentials = createCredentials({
    serviceName: SERVICE,
    instanceId: `${SERVICE}-1`,
    key: loadServiceKey(identities.pemOf(SERVICE)),
    clock: systemClock,
    random: systemRandom,
  });
  return createHttpClient({ discovery: literal, clock: systemClock, random: systemRandom, credentials });
}
