import { stringify } from 'yaml';
import { CLIENT_LIMITS, EDGE_CERTIFICATE_PATH, EDGE_PORTS, type EdgeFacts, REFUSED_PATHS } from './facts.ts';

export const TRAEFIK_PATHS = {
  fixed: '/etc/traefik/traefik.yml',
  routes: '/etc/traefik/routes.yml',
} as const;

/**
 * Traefik's own settings: where it listens, and that it takes its routes from a file. It is given no Docker socket: who
 * holds that holds the machine. Without `readTimeout: 0` an upload would be cut off after a minute.
 */
export function traefikConfig(): string {
  const door = {
    transport: {
      respondingTimeouts: { readTimeout: '0s', writeTimeout: '0s', idleTimeout: '60s' },
      lifeCycle: { graceTimeOut: '25s' },
    },
  };
  return stringify({
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    log: { level: 'INFO' },
    accessLog: {},
    entryPoints: {
      web: { address: `:${EDGE_PORTS.http}`, ...door },
      websecure: { address: `:${EDGE_PORTS.https}`, ...door },
      internal: { address: `:${EDGE_PORTS.internal}` },
    },
    ping: { entryPoint: 'internal' },
    metrics: { prometheus: { entryPoint: 'internal' } },
    providers: { file: { filename: TRAEFIK_PATHS.routes, watch: false } },
  });
}

/**
 * The routes. Every request makes a connection of its own to the name (`maxIdleConnsPerHost: -1`), so that it goes to
 * one of the addresses of this moment; a kept connection would stay with one gateway for ever.
 */
export function traefikRoutes(facts: EdgeFacts): string {
  const refused = REFUSED_PATHS.map((path) => path.slice(1).replaceAll('/', '/+')).join('|');
  const { requestsPer10s, connections } = CLIENT_LIMITS;
  const both = (name: string, router: object) => ({
    [name]: router,
    [`${name}-tls`]: { ...router, entryPoints: ['websecure'], tls: {} },
  });
  return stringify(
    {
      http: {
        routers: {
          ...both('inside', {
            entryPoints: ['web'],
            rule: `PathRegexp(\`(?i)^/+(${refused})(/|$)\`)`,
            priority: 1000,
            middlewares: ['nobody'],
            service: 'gateways',
          }),
          ...both('gateways', {
            entryPoints: ['web'],
            rule: 'PathPrefix(`/`)',
            priority: 1,
            middlewares: ['requests', 'connections'],
            service: 'gateways',
          }),
        },
        middlewares: {
          // An address no client can have: whoever comes is answered 403.
          nobody: { ipAllowList: { sourceRange: ['192.0.2.1/32'] } },
          requests: {
            rateLimit: { average: requestsPer10s.value / 10, period: '1s', burst: requestsPer10s.value },
          },
          connections: { inFlightReq: { amount: connections.value } },
        },
        services: {
          gateways: {
            loadBalancer: {
              servers: [{ url: `http://${facts.gateway}:${facts.gatewayPort}` }],
              passHostHeader: true,
              serversTransport: 'gateways',
              healthCheck: { path: facts.healthPath, interval: '2s', timeout: '1s' },
            },
          },
        },
        serversTransports: {
          gateways: {
            maxIdleConnsPerHost: -1,
            forwardingTimeouts: { dialTimeout: '5s', responseHeaderTimeout: '0s' },
          },
        },
      },
      tls: {
        stores: {
          default: {
            defaultCertificate: { certFile: EDGE_CERTIFICATE_PATH, keyFile: EDGE_CERTIFICATE_PATH },
          },
        },
        options: { default: { minVersion: 'VersionTLS12' } },
      },
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}
