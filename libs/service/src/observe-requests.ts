import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ServiceContext } from './context.ts';

const QUIET_ROUTES = new Set(['/health', '/health/live', '/health/ready', '/metrics']);

/** Counts and times every request by its route template, and logs one line for each. */
export function observeRequests(app: FastifyInstance, context: ServiceContext): void {
  const { metrics, service } = context;
  app.addHook('onRequest', async (_request, reply) => {
    metrics.http_active_connections.inc();
    reply.raw.once('close', () => metrics.http_active_connections.dec()); // also when the caller went away
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    const { method } = request;
    const status = reply.statusCode;
    metrics.http_requests_total.inc({ service, method, route, status: String(status) });
    metrics.http_request_duration_seconds.observe({ service, method, route }, reply.elapsedTime / 1000);
    if (QUIET_ROUTES.has(route)) return;
    const line = {
      user_id: request.user?.id,
      caller: request.caller?.service,
      method,
      route,
      status,
      duration_ms: Math.round(reply.elapsedTime * 10) / 10,
    };
    request.log[levelOf(request, status)](line, 'request');
  });
}

/** Services poll one another all day; what they do in good order is for developers. What people do is for operators. */
function levelOf(request: FastifyRequest, status: number): 'warn' | 'info' | 'debug' {
  if (status >= 500) return 'warn';
  return request.caller && !request.user && status < 400 ? 'debug' : 'info';
}
