import { commonErrors } from '@lucid/errors';
import type { FastifyInstance } from 'fastify';
import { apiGateway } from './contract.ts';
import type { Gateway } from './gateway.ts';
import { limit } from './limits.ts';

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

const { metaInfo, metaVersion, loadBalancerStatus } = apiGateway.endpoints;
/** Not for the world: they tell what stands behind the gateway. */
const INNER_PATHS = new Set<string | undefined>(['/metrics', loadBalancerStatus.path]);
const OWN_PUBLIC_PATHS = new Set<string | undefined>([metaInfo.path, metaVersion.path]);

/** What holds for every request and answer, whatever its route. */
export function addEdge(app: FastifyInstance, gateway: Gateway): void {
  const { cors, published } = gateway;

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    const { origin } = request.headers;
    const allowed = origin === undefined ? undefined : cors.answer(origin);
    if (allowed) reply.headers(allowed);
    if (request.method === 'OPTIONS' && request.headers['access-control-request-method']) {
      const preflight = cors.preflight(origin);
      if (preflight) return reply.code(204).headers(preflight).send();
    }
    const route = request.routeOptions.url;
    if (INNER_PATHS.has(route) && published.isOutside(request.raw.socket)) throw commonErrors.NOT_FOUND();
    if (request.is404 || OWN_PUBLIC_PATHS.has(route)) await limit(request, reply, gateway);
    return undefined;
  });
}
