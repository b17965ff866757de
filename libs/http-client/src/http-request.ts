import type { Readable } from 'node:stream';

export interface HttpRequest {
  /** `http://lucid-x:8084`, a name that discovery knows. Its host is the service's name. */
  baseUrl: string;
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With query. */
  path: string;
  /** Hop-by-hop headers and `host` are dropped. An `authorization` of the caller's own replaces the service token. */
  headers?: Record<string, string>;
  /** A stream is sent once; it is left untouched as long as no connection could be made. */
  body?: Buffer | string | Readable | null;
  /** Longest time until the head of the answer, retries included; a streamed body renews it with every piece. 0: none. @default 30000 */
  timeoutMs?: number;
  /** Longest time between two pieces of the answer's body. @default 60000 */
  bodyTimeoutMs?: number;
  /** Aborts the call, or the answer's body when it has begun. */
  signal?: AbortSignal;
  /** Doing it twice does no harm, so it may be retried. @default true for GET, HEAD, PUT, DELETE */
  idempotent?: boolean;
  /** Calls with the same key go to the same instance while the instances stay the same. */
  hashKey?: string;
  /** `host:port` of the one instance to call. */
  address?: string;
  requestId?: string;
  /** Sends no service token. */
  withoutCredentials?: boolean;
}

/** A stream, or the whole of it in one of the usual forms. */
export interface HttpBody extends Readable {
  /** @throws SyntaxError when the body is not JSON */
  json(): Promise<unknown>;
  text(): Promise<string>;
  bytes(): Promise<Buffer>;
  arrayBuffer(): Promise<ArrayBuffer>;
  /** Reads and drops a small rest, so that the connection can be used again; destroys a big one. Never rejects. */
  dump(options?: { limitBytes?: number }): Promise<void>;
}

export interface HttpResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** To be read to its end, dumped or destroyed: until then it holds a connection. */
  body: HttpBody;
  /** `host:port` of the instance that answered. */
  address: string;
}
