import type { Static, TSchema } from 'typebox';

/**
 * Who may call.
 * - `public`: anyone, also from outside through the gateway
 * - `open`: anyone inside the network, no token; answers counters only
 * - `user`: a signed-in user, by way of the gateway; `admin`: one with the role admin or above
 * - `service`: another service that the topology lets call
 * - `user_or_service`, `admin_or_service`: either
 */
export type Access =
  | 'public'
  | 'open'
  | 'user'
  | 'admin'
  | 'service'
  | 'user_or_service'
  | 'admin_or_service';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A body that is not JSON: `bytes` streams octets, `empty` has none. */
export type BodyKind = TSchema | 'bytes' | 'empty';

export interface Endpoint {
  method: Method;
  /** Fastify form, from the root: `/api/v1/sessions/:session_id`. */
  path: string;
  summary: string;
  access: Access;
  params?: TSchema;
  query?: TSchema;
  headers?: TSchema;
  /** @default no body */
  body?: TSchema | 'bytes';
  /** Also read `application/x-www-form-urlencoded` bodies. @default false */
  acceptsForm?: boolean;
  /** Largest JSON body. @default 1 MiB */
  bodyLimitBytes?: number;
  /** Success replies by status; the first is the one a handler that returns a plain value means. */
  replies: Readonly<Record<number, BodyKind>>;
  /** Repeating it changes nothing, although it is a POST or PATCH: the client may try again. @default by the method */
  idempotent?: boolean;
  /** A GET that turns into a WebSocket. */
  webSocket?: true;
  /** Calls go to the instance that the consistent hash of this parameter names. */
  routedBy?: string;
}

export interface Contract<Endpoints extends Record<string, Endpoint> = Record<string, Endpoint>> {
  /** The service that answers, as in DNS. */
  service: string;
  title: string;
  endpoints: Endpoints;
}

/** Declares what a service answers. Server routes, typed client, gateway routes and OpenAPI all derive from it. */
export function contract<const Endpoints extends Record<string, Endpoint>>(
  service: string,
  title: string,
  endpoints: Endpoints,
): Contract<Endpoints> {
  return { service, title, endpoints };
}

/** A part of a contract that is written down by itself. */
export const endpoints = <const Endpoints extends Record<string, Endpoint>>(part: Endpoints): Endpoints =>
  part;

type Part<E extends Endpoint, Name extends 'params' | 'query' | 'headers'> = E[Name] extends TSchema
  ? Static<E[Name]>
  : undefined;

export type ParamsOf<E extends Endpoint> = Part<E, 'params'>;
export type QueryOf<E extends Endpoint> = Part<E, 'query'>;
/** TypeBox's `TSchema` is an empty interface that a string satisfies too, so the words are ruled out first. */
export type BodyOf<E extends Endpoint> = E['body'] extends 'bytes' | undefined
  ? undefined
  : E['body'] extends TSchema
    ? Static<E['body']>
    : undefined;

type ReplyBody<Kind> = Kind extends 'empty'
  ? undefined
  : Kind extends 'bytes'
    ? never
    : Kind extends TSchema
      ? Static<Kind>
      : never;

/** Every JSON (or empty) body the endpoint may answer with. */
export type ReplyOf<E extends Endpoint> = ReplyBody<E['replies'][keyof E['replies']]>;

export const isSchema = (kind: BodyKind | undefined): kind is TSchema => typeof kind === 'object';

/** The status that a plain return value stands for. */
export const defaultStatus = (endpoint: Endpoint): number => Number(Object.keys(endpoint.replies)[0]);
