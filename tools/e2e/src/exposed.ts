import type { Contract, Endpoint } from '@lucid/contracts';
import * as contracts from '@lucid/contracts';
import { isSchema } from '@lucid/contracts';
import type { Shape } from './samples.ts';

/** An endpoint with what the sweep looks at. */
export interface Target {
  /** `lucid-session-api createSession` */
  name: string;
  endpoint: Endpoint;
  params: Shape | undefined;
  query: Shape | undefined;
  /** Undefined where the endpoint takes none, or octets. */
  body: Shape | undefined;
  headers: Shape | undefined;
}

const all = (Object.values(contracts) as unknown[]).filter(
  (value): value is Contract => typeof value === 'object' && value !== null && 'endpoints' in value,
);

const targets: Target[] = all.flatMap(({ service, endpoints }) =>
  Object.entries(endpoints).map(([name, endpoint]) => ({
    name: `${service} ${name}`,
    endpoint,
    params: endpoint.params as Shape | undefined,
    query: endpoint.query as Shape | undefined,
    headers: endpoint.headers as Shape | undefined,
    body: isSchema(endpoint.body) ? (endpoint.body as Shape) : undefined,
  })),
);

const isExposed = ({ endpoint }: Target): boolean =>
  ['public', 'user', 'admin', 'user_or_service', 'admin_or_service'].includes(endpoint.access);
/** Of people, for admins alone. */
export const isForAdmins = ({ endpoint }: Pick<Target, 'endpoint'>): boolean =>
  endpoint.access === 'admin' || endpoint.access === 'admin_or_service';

/** What the world can reach through the gateway, by what the contracts say: a new endpoint is in here by itself. */
export const exposed: readonly Target[] = targets.filter(isExposed);
const routeOf = ({ endpoint }: Target): string =>
  `${endpoint.method} ${endpoint.path.replace(/:[a-z_]+/g, ':')}`;
const exposedRoutes = new Set(exposed.map(routeOf));
/** What only services may call; the gateway must know nothing of it. Where two services share a route, the exposed one answers. */
export const internal: readonly Target[] = targets.filter(
  (target) => !isExposed(target) && !exposedRoutes.has(routeOf(target)),
);
/** Exposed, and for people who have signed in. */
export const forUsers: readonly Target[] = exposed.filter(({ endpoint }) => endpoint.access !== 'public');
