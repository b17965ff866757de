import { commonErrors } from '@lucid/errors';
import type { HttpResponse } from '@lucid/http-client';
import { isAdmin } from '@lucid/service';
import type { VerifiedUser } from '@lucid/user-auth';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readBody } from './adapters/read-body.ts';
import type { ExposedRoute } from './domain/exposed-routes.ts';
import { feedAuthorization } from './domain/feed-token.ts';
import { loginAccount } from './domain/login-account.ts';
import { requestHeaders, responseHeaders } from './domain/passed-headers.ts';
import { isUpstreamFailure, upstreamFailure } from './domain/upstream-failure.ts';
import { answerFeed } from './feeds.ts';
import type { Gateway } from './gateway.ts';
import { addressOf, limit, limitLogin } from './limits.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Login session of the user's token. */
    loginSessionId: string | undefined;
  }
}

/** An answer up to this size is sent in one piece; bigger ones, and ones of unknown size, are streamed. */
const WHOLE_ANSWER_BYTES = 64 * 1024;

/** Mounts the routes of the services behind. Bodies are theirs to judge: here they are only bounded or passed through. */
export function mountProxies(app: FastifyInstance, routes: readonly ExposedRoute[], gateway: Gateway): void {
  app.register(async (scope) => {
    scope.decorateRequest('loginSessionId', undefined);
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined));
    for (const route of routes) mountOne(scope, route, gateway);
  });
}

function mountOne(scope: FastifyInstance, route: ExposedRoute, gateway: Gateway): void {
  scope.route({
    method: route.method,
    url: route.path,
    exposeHeadRoute: false,
    onRequest: async (request, reply) => {
      refuseTooLarge(request, route);
      await admit(request, reply, route, gateway);
    },
    handler: async (request, reply) => {
      if (route.isFeed)
        return answerFeed(request, reply, route, gateway, headersFor(request, route, gateway));
      const body = await bodyOf(request, route, gateway);
      if (route.name === 'login' && body)
        await limitLogin(request, reply, gateway, loginAccount(body, request.headers['content-type']));
      return answer(await forward(request, reply, route, gateway, body), route, request, reply);
    },
  });
}

function refuseTooLarge(request: FastifyRequest, { body, bodyLimitBytes }: ExposedRoute): void {
  if (body === 'json' && Number(request.headers['content-length'] ?? 0) > bodyLimitBytes)
    throw commonErrors.BODY_TOO_LARGE();
}

/** First who it is, then whether they have used up their limit. A refused token counts for the address it came from. */
async function admit(
  request: FastifyRequest,
  reply: FastifyReply,
  { audience, isFeed }: ExposedRoute,
  gateway: Gateway,
): Promise<void> {
  if (audience === 'public') return limit(request, reply, gateway);
  try {
    const { authorization } = request.headers;
    const verified = gateway.users.verify(isFeed ? feedAuthorization(request.headers) : authorization);
    admitUser(request, verified instanceof Promise ? await verified : verified);
  } catch (error) {
    await limit(request, reply, gateway);
    throw error;
  }
  await limit(request, reply, gateway);
  if (audience === 'admin' && !(request.user && isAdmin(request.user))) throw commonErrors.NOT_PERMITTED();
}

function admitUser(request: FastifyRequest, { id, role, loginSessionId }: VerifiedUser): void {
  request.user = { id, role };
  request.loginSessionId = loginSessionId;
}

async function bodyOf(
  { raw, headers }: FastifyRequest,
  route: ExposedRoute,
  { clock }: Gateway,
): Promise<Buffer | undefined> {
  const takesBody = route.body === 'json' && route.method !== 'GET' && route.method !== 'HEAD';
  return takesBody && announcesBody(headers) ? readBody(raw, route.bodyLimitBytes, clock) : undefined;
}

function headersFor(request: FastifyRequest, route: ExposedRoute, gateway: Gateway): Record<string, string> {
  const { user, loginSessionId } = request;
  return requestHeaders(request.headers, route.requestHeaders, {
    address: addressOf(request, gateway),
    user: user && loginSessionId !== undefined ? { ...user, loginSessionId } : undefined,
  });
}

function forward(
  request: FastifyRequest,
  reply: FastifyReply,
  route: ExposedRoute,
  gateway: Gateway,
  body: Buffer | undefined,
): Promise<HttpResponse> {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new Error('the client went away'));
  });
  const headers = headersFor(request, route, gateway);
  const length = request.headers['content-length'];
  if (route.body === 'stream' && length !== undefined) headers['content-length'] = length;
  const forwarded = gateway.forwarder.forward({
    route,
    path: request.raw.url ?? '/',
    headers,
    body,
    source: request.raw,
    key: keyOf(request, route),
    requestId: request.id,
    signal: gone.signal,
  });
  return forwarded.catch((error: unknown) => {
    throw gone.signal.aborted || request.raw.errored ? CLIENT_GONE({ cause: error }) : error;
  });
}

/** Nobody reads it; it keeps the log from calling the client's leaving a failure of ours. */
const CLIENT_GONE = (context: { cause: unknown }) =>
  commonErrors.INVALID_DATA({ ...context, message: 'The client went away.' });

const keyOf = ({ params }: FastifyRequest, { routedBy }: ExposedRoute): string | undefined =>
  routedBy === undefined ? undefined : (params as Record<string, string>)[routedBy];

/** Refusals of the owner go through as they are; its failures are told as ours to have. */
async function answer(
  response: HttpResponse,
  route: ExposedRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { status, headers, body } = response;
  if (isUpstreamFailure(status))
    throw upstreamFailure(route.service, status, await body.text(), headers['retry-after']);
  reply.code(status).headers(responseHeaders(headers));
  if (request.method === 'HEAD' || status === 204 || status === 304) {
    await body.dump();
    return reply.send();
  }
  const length = Number(headers['content-length'] ?? Number.POSITIVE_INFINITY);
  return reply.send(length <= WHOLE_ANSWER_BYTES ? await body.bytes() : body);
}

const announcesBody = (headers: FastifyRequest['headers']): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
