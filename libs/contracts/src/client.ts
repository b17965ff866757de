import { Readable } from 'node:stream';
import { commonErrors, type ErrorEnvelope, ServiceError } from '@lucid/errors';
import type { HttpClient, HttpResponse } from '@lucid/http-client';
import type { BodyOf, Contract, Endpoint, ParamsOf, QueryOf, ReplyOf } from './endpoint.ts';
import { isSchema } from './endpoint.ts';

/** The user a service acts for; the callee believes it only from services that may act for users. */
export interface ActingFor {
  id: string;
  role: string;
}

type WhenGiven<Name extends string, Value> = [Value] extends [undefined] ? unknown : { [Key in Name]: Value };

export type CallOptions<E extends Endpoint> = WhenGiven<'params', ParamsOf<E>> &
  WhenGiven<'body', BodyOf<E>> & {
    query?: QueryOf<E>;
    headers?: Record<string, string>;
    /** Octets to send, where the endpoint takes `bytes`. */
    bytes?: Readable | Buffer;
    user?: ActingFor;
    requestId?: string;
    signal?: AbortSignal;
    timeoutMs?: number;
    /** Pins the call to one instance, `host:port`. */
    address?: string;
  };

export interface Answer<Body> {
  status: number;
  headers: HttpResponse['headers'];
  body: Body;
  /** The octets, for endpoints that answer with bytes. Read or destroy it. */
  bytes: HttpResponse['body'];
}

export type Client<Of> =
  Of extends Contract<infer Endpoints>
    ? {
        [Name in keyof Endpoints]: (
          options: CallOptions<Endpoints[Name]>,
        ) => Promise<Answer<ReplyOf<Endpoints[Name]>>>;
      }
    : never;

/**
 * The typed client of a contract.
 * @throws ServiceError with the callee's own code and status for 4xx answers, 5003 for 5xx ones, for nonsense and where the
 * callee does not accept this service, 5005–5007 when it cannot be reached
 */
export function clientFor<Of extends Contract>(of: Of, http: HttpClient, baseUrl: string): Client<Of> {
  const calls = Object.entries(of.endpoints).map(([name, endpoint]) => [
    name,
    (options: CallOptions<Endpoint>) => call(of.service, endpoint, http, baseUrl, options),
  ]);
  return Object.fromEntries(calls) as Client<Of>;
}

interface LooseOptions {
  params?: Record<string, string | number>;
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
}

async function call(
  service: string,
  endpoint: Endpoint,
  http: HttpClient,
  baseUrl: string,
  options: CallOptions<Endpoint>,
): Promise<Answer<never>> {
  const response = await exchange(endpoint, http, baseUrl, options);
  const owner = ownerOf(endpoint, response, options);
  if (owner !== undefined) {
    await response.body.dump();
    return call(service, endpoint, http, baseUrl, { ...options, address: owner });
  }
  if (response.status >= 400) throw await refusal(service, endpoint, response);
  const kind = endpoint.replies[response.status];
  if (kind === undefined) {
    response.body.resume();
    throw commonErrors.UPSTREAM_FAILED({ details: { service, status: response.status } });
  }
  if (kind === 'empty') await response.body.dump();
  const parsed = isSchema(kind) ? await readJson(service, response) : undefined;
  return { status: response.status, headers: response.headers, body: parsed as never, bytes: response.body };
}

/** 421 says which instance has it (a recording belongs to one recorder): inside the network, go there, once. */
function ownerOf(
  endpoint: Endpoint,
  response: HttpResponse,
  { address, bytes }: CallOptions<Endpoint>,
): string | undefined {
  const owner = response.headers['x-owner-address'];
  const mayFollow = endpoint.access === 'service' && address === undefined && !(bytes instanceof Readable);
  return response.status === 421 && mayFollow && typeof owner === 'string' ? owner : undefined;
}

function exchange(
  endpoint: Endpoint,
  http: HttpClient,
  baseUrl: string,
  options: CallOptions<Endpoint>,
): Promise<HttpResponse> {
  const { params = {}, query = {}, body } = options as unknown as LooseOptions;
  const routedBy = endpoint.routedBy ? params[endpoint.routedBy] : undefined;
  return http.request({
    baseUrl,
    method: endpoint.method,
    path: fillPath(endpoint.path, params) + queryText(query),
    headers: requestHeaders(endpoint, options, body),
    body: body === undefined ? (options.bytes ?? null) : JSON.stringify(body),
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.address ? { address: options.address } : {}),
    ...(options.requestId ? { requestId: options.requestId } : {}),
    ...(endpoint.idempotent === undefined ? {} : { idempotent: endpoint.idempotent }),
    ...(routedBy === undefined ? {} : { hashKey: String(routedBy) }),
  });
}

function requestHeaders(
  endpoint: Endpoint,
  options: CallOptions<Endpoint>,
  body: unknown,
): Record<string, string> {
  return {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(endpoint.body === 'bytes' ? { 'content-type': 'application/octet-stream' } : {}),
    ...(options.user ? { 'x-user-id': options.user.id, 'x-user-role': options.user.role } : {}),
    ...options.headers,
  };
}

const fillPath = (path: string, params: Record<string, string | number>): string =>
  path.replace(/:([a-z_]+)/g, (_match, name: string) => encodeURIComponent(String(params[name])));

function queryText(query: Record<string, string | number | boolean | undefined>): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  if (pairs.length === 0) return '';
  return `?${new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, String(value)])).toString()}`;
}

/**
 * Turns a refusal into the error to throw. The callee's message is passed on for 4xx alone, and not when it refuses this
 * very service: to whoever called us, that would say that their own credentials are wrong.
 */
async function refusal(service: string, endpoint: Endpoint, response: HttpResponse): Promise<ServiceError> {
  const envelope = await readEnvelope(response);
  const isRefusalOfUs = endpoint.access === 'service' && (response.status === 401 || response.status === 403);
  if (response.status >= 500 || isRefusalOfUs || !envelope)
    return commonErrors.UPSTREAM_FAILED({
      details: { service, status: response.status, code: envelope?.error.code },
    });
  const { code, message, details } = envelope.error;
  return new ServiceError({
    key: 'UPSTREAM_REFUSED',
    code: Number(code.replace('LUCID_ERR_', '')),
    status: response.status,
    fault: 'user',
    retry: false,
    message,
    details,
  });
}

/** Half a document is a failure of the callee; as a SyntaxError it would be taken for one of our own caller. */
async function readJson(service: string, response: HttpResponse): Promise<unknown> {
  try {
    return await response.body.json();
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw commonErrors.UPSTREAM_FAILED({ details: { service, status: response.status }, cause });
  }
}

async function readEnvelope(response: HttpResponse): Promise<ErrorEnvelope | undefined> {
  try {
    const parsed = (await response.body.json()) as Partial<ErrorEnvelope> | null;
    return parsed?.error?.code ? (parsed as ErrorEnvelope) : undefined;
  } catch {
    return undefined; // not an envelope: the status alone decides
  }
}
