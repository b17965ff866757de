import { timingSafeEqual } from 'node:crypto';
import { isoTime } from '@lucid/clock';
import { commonErrors } from '@lucid/errors';
import type { FastifyInstance } from 'fastify';
import type { ServiceContext } from './context.ts';

/** `/health` (the seeds' probe), `/health/live`, `/health/ready`, `/metrics`. All answer from memory. */
export function healthRoutes(app: FastifyInstance, context: ServiceContext): void {
  const startedMs = context.clock.monotonicMs();

  app.get('/health', async (_request, reply) => {
    const report = context.health.report();
    reply.code(report.status === 'unhealthy' ? 503 : 200);
    return {
      status: report.status,
      service: context.service,
      instance: context.instanceId,
      version: context.version,
      timestamp: isoTime(context.clock),
      uptime: Math.round((context.clock.monotonicMs() - startedMs) / 1000),
      state: context.lifecycle.state,
      dependencies: report.dependencies,
    };
  });

  app.get('/health/live', async () => ({ status: 'live' }));

  app.get('/health/ready', async (_request, reply) => {
    const ready = context.health.ready;
    reply.code(ready ? 200 : 503);
    return {
      status: ready ? 'ready' : 'not_ready',
      state: context.lifecycle.state,
      dependencies: context.health.report().dependencies,
    };
  });

  app.get('/metrics', async (request, reply) => {
    if (!mayRead(context.metricsToken, request.headers.authorization)) throw commonErrors.BAD_CREDENTIALS();
    reply.type(context.registry.contentType);
    return context.registry.metrics();
  });
}

function mayRead(token: string | undefined, header: string | undefined): boolean {
  if (token === undefined) return true;
  const wanted = Buffer.from(`Bearer ${token}`);
  const given = Buffer.from(header ?? '');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
