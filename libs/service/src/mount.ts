import type { Readable } from 'node:stream';
import {
  type Access,
  type BodyOf,
  type Contract,
  defaultStatus,
  type Endpoint,
  isSchema,
  type ParamsOf,
  type QueryOf,
  type ReplyOf,
} from '@lucid/contracts';
import { commonErrors } from '@lucid/errors';
import type { Caller, Verifier } from '@lucid/service-auth';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { authenticate, type User } from './authenticate.ts';
import { Reply } from './reply.ts';

type UserOf<A extends Access> = A extends 'user' | 'admin' ? User : User | undefined;
type CallerOf<A extends Access> = A extends 'public' | 'open' ? undefined : Caller;

/** What a handler is given: everything validated, nothing of Fastify it needs to know. */
export interface Call<E extends Endpoint> {
  params: ParamsOf<E>;
  query: QueryOf<E>;
  body: BodyOf<E>;
  /** The octets of the request, where the contract says `bytes`. */
  bytes: Readable;
  headers: FastifyRequest['headers'];
  user: UserOf<E['access']>;
  caller: CallerOf<E['access']>;
  requestId: string;
  /** Client address; behind the gateway it is the gateway's. */
  ip: string;
  /** Aborts when the caller has gone away. */
  signal: AbortSignal;
  log: FastifyRequest['log'];
}

type Awaitable<Value> = Value | Promise<Value>;

/** A plain value is the body of the first reply of the contract; a `Reply` says status and headers too. */
export type Handler<E extends Endpoint> = (call: Call<E>) => Awaitable<ReplyOf<E> | Reply>;

export type Handlers<Of> =
  Of extends Contract<infer Endpoints> ? { [Name in keyof Endpoints]: Handler<Endpoints[Name]> } : never;

/** Turns a contract and its handlers into routes. Every endpoint of the contract must be handled. */
export function mount<Of extends Contract>(
  app: FastifyInstance,
  of: Of,
  handlers: Handlers<Of>,
  verifier: () => Verifier,
): void {
  for (const [name, endpoint] of Object.entries(of.endpoints)) {
    const handler = (handlers as Record<string, Handler<Endpoint>>)[name];
    if (!handler) throw new Error(`${of.service} has no handler for ${name}`);
    mountOne(app, endpoint, handler, verifier);
  }
}

function mountOne(
  app: FastifyInstance,
  endpoint: Endpoint,
  handler: Handler<Endpoint>,
  verifier: () => Verifier,
): void {
  const takesBytes = endpoint.body === 'bytes';
  app.route({
    method: endpoint.method,
    url: endpoint.path,
    exposeHeadRoute: false,
    ...(endpoint.bodyLimitBytes ? { bodyLimit: endpoint.bodyLimitBytes } : {}),
    schema: {
      ...(endpoint.params ? { params: endpoint.params } : {}),
      ...(endpoint.query ? { querystring: endpoint.query } : {}),
      ...(endpoint.headers ? { headers: endpoint.headers } : {}),
      ...(isSchema(endpoint.body) ? { body: endpoint.body } : {}),
      response: Object.fromEntries(Object.entries(endpoint.replies).filter(([, kind]) => isSchema(kind))),
    },
    onRequest: async (request) => {
      await authenticate(request, endpoint.access, verifier);
      refuseMediaType(request, endpoint, takesBytes);
    },
    handler: async (request, reply) => {
      const result = await handler(callFrom(request, reply));
      return result instanceof Reply ? result.sendBy(reply) : send(reply, endpoint, result);
    },
  });
}

function refuseMediaType(request: FastifyRequest, endpoint: Endpoint, takesBytes: boolean): void {
  const type = request.headers['content-type']?.split(';')[0]?.trim();
  if (takesBytes) {
    if (type !== 'application/octet-stream') throw commonErrors.UNSUPPORTED_MEDIA_TYPE();
  } else if (
    type === 'application/octet-stream' ||
    (type === 'application/x-www-form-urlencoded' && !endpoint.acceptsForm)
  ) {
    throw commonErrors.UNSUPPORTED_MEDIA_TYPE();
  }
}

function callFrom(request: FastifyRequest, reply: FastifyReply): Call<Endpoint> {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new Error('the caller went away'));
  });
  return {
    params: request.params as never,
    query: request.query as never,
    body: request.body as never,
    bytes: request.raw,
    headers: request.headers,
    user: request.user,
    caller: request.caller as never,
    requestId: request.id,
    ip: request.ip,
    signal: gone.signal,
    log: request.log,
  };
}

function send(reply: FastifyReply, endpoint: Endpoint, value: unknown): FastifyReply {
  const status = defaultStatus(endpoint);
  return reply.code(status).send(endpoint.replies[status] === 'empty' ? undefined : value);
}
