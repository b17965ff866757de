import { isoTime } from '@lucid/clock';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { answerErrors } from './answer-errors.ts';
import type { ServiceContext } from './context.ts';
import { healthRoutes } from './health-routes.ts';
import { isStillSending, linger } from './linger.ts';
import { observeRequests } from './observe-requests.ts';
import { requestIdFrom } from './request-id.ts';
import { validatorCompiler } from './validation.ts';

const JSON_BODY_LIMIT_BYTES = 1024 * 1024;

/**
 * The Fastify instance every service starts from: request ids, the error envelope, metrics, a log line per request,
 * health routes, octet streams, contract validation, and `Connection: close` while draining. It never listens.
 */
export function createApp(context: ServiceContext): FastifyInstance {
  const app: FastifyInstance = fastify({
    loggerInstance: context.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }), // observeRequests writes one line instead of two
    bodyLimit: JSON_BODY_LIMIT_BYTES,
    genReqId: (request) => requestIdFrom(request.headers['x-request-id'], context.random),
    requestTimeout: 0, // uploads last as long as the session; deadlines are set per route
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, text, done) => done(null, Object.fromEntries(new URLSearchParams(String(text)))),
  );
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id);
    if (context.lifecycle.state !== 'running' && context.lifecycle.state !== 'starting')
      reply.header('connection', 'close');
    if (isStillSending(request.raw)) linger(request.raw, reply.raw, context.clock);
  });
  answerErrors(app, { service: context.service, now: () => isoTime(context.clock) });
  observeRequests(app, context);
  healthRoutes(app, context);
  return app;
}
