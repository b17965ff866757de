import type { Contract, Endpoint, Method } from '@lucid/contracts';

/** Who may use a route at the gateway. */
export type Audience = 'public' | 'user' | 'admin';

export interface ExposedRoute {
  /** The service that answers. */
  service: string;
  /** Name of the endpoint in its contract. */
  name: string;
  method: Method;
  path: string;
  audience: Audience;
  /** `stream`: octets of any length pass through; `json`: at most `bodyLimitBytes`, read before they are passed on. */
  body: 'json' | 'stream';
  bodyLimitBytes: number;
  /** A live feed: the connection becomes a WebSocket. */
  isFeed: boolean;
  /** Path parameter that decides which instance is called. */
  routedBy: string | undefined;
  /** Request headers that are passed on; all others stay here. */
  requestHeaders: readonly string[];
  /** Longest time until the answer begins; a stream renews it with every piece. */
  timeoutMs: number;
}

const JSON_LIMIT_BYTES = 1024 * 1024;

/** How long an answer may take to begin: auth and sessions 30 s, anchoring 45 s, chain 60 s. */
const TIMEOUT_MS = 30_000;
const SERVICE_TIMEOUTS_MS: Readonly<Record<string, number>> = {
  'lucid-session-anchoring': 45_000,
  'lucid-blockchain-engine': 60_000,
};
/** A recording may stand still for a while; verifying re-reads all of its files. */
const ENDPOINT_TIMEOUTS_MS: Readonly<Record<string, number>> = {
  appendStream: 120_000,
  verifySession: 120_000,
};

const REQUEST_HEADERS = [
  'accept',
  'accept-language',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'if-range',
  'range',
  'traceparent',
  'tracestate',
  'user-agent',
];
/** Said by the gateway alone, whatever the client sends. */
const OWN_HEADERS = /^(x-user-|x-service-|x-login-session-id$|x-request-id$|x-forwarded-|authorization$)/;

/**
 * The routes the world may use: endpoints for anyone, users and admins. Those for services and the open counters of the inside
 * have no route here, so no request can get through to them.
 */
export const exposedRoutes = (contracts: readonly Contract[]): ExposedRoute[] =>
  contracts.flatMap(({ service, endpoints }) =>
    Object.entries(endpoints).flatMap(([name, endpoint]) => {
      const audience = audienceOf(endpoint);
      return audience ? [routeOf(service, name, endpoint, audience)] : [];
    }),
  );

function audienceOf({ access }: Endpoint): Audience | undefined {
  switch (access) {
    case 'public':
    case 'user':
    case 'admin':
      return access;
    case 'user_or_service':
      return 'user';
    case 'admin_or_service':
      return 'admin';
    case 'open':
    case 'service':
      return undefined;
  }
}

function routeOf(service: string, name: string, endpoint: Endpoint, audience: Audience): ExposedRoute {
  const declared = Object.keys((endpoint.headers as { properties?: object } | undefined)?.properties ?? {});
  return {
    service,
    name,
    method: endpoint.method,
    path: endpoint.path,
    audience,
    body: endpoint.body === 'bytes' ? 'stream' : 'json',
    bodyLimitBytes: endpoint.bodyLimitBytes ?? JSON_LIMIT_BYTES,
    isFeed: endpoint.webSocket === true,
    routedBy: endpoint.routedBy,
    requestHeaders: [...REQUEST_HEADERS, ...declared.filter((header) => !OWN_HEADERS.test(header))],
    timeoutMs: ENDPOINT_TIMEOUTS_MS[name] ?? SERVICE_TIMEOUTS_MS[service] ?? TIMEOUT_MS,
  };
}
