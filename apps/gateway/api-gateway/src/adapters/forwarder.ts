import type { IncomingMessage } from 'node:http';
import { commonErrors, ServiceError } from '@lucid/errors';
import type { HttpClient, HttpRequest, HttpResponse } from '@lucid/http-client';
import type { ExposedRoute } from '../domain/exposed-routes.ts';
import { ClientBytes } from './client-bytes.ts';
import { type OwnerQuestion, type Owners, ownerOf } from './owners.ts';

export interface Forwarding {
  route: ExposedRoute;
  /** Path and query as the client wrote them. */
  path: string;
  headers: Record<string, string>;
  /** The whole body, where it was read. */
  body: Buffer | undefined;
  /** Where the octets come from, for routes that stream. */
  source: IncomingMessage;
  /** Value of the parameter the route is routed by. */
  key: string | undefined;
  requestId: string;
  signal: AbortSignal;
}

export interface ForwarderOptions {
  http: HttpClient;
  owners: Owners;
  /** Base URL by service name. */
  baseUrls: Readonly<Record<string, string>>;
}

/** Passes requests on to the services that own them. */
export class Forwarder {
  readonly #options: ForwarderOptions;

  constructor(options: ForwarderOptions) {
    this.#options = options;
  }

  /** @throws what the http client throws; UNAVAILABLE when an instance turned out not to own the session */
  async forward(forwarding: Forwarding): Promise<HttpResponse> {
    const { route, key } = forwarding;
    if (route.body === 'stream' && key !== undefined) return this.#stream(forwarding, key);
    const call = this.#callFor(forwarding);
    if (key === undefined) return this.#options.http.request({ ...call, body: forwarding.body ?? null });
    return this.#routed(call, key);
  }

  /** No body that could be lost: a pointer to the owner is followed once. */
  async #routed(call: HttpRequest, key: string): Promise<HttpResponse> {
    const { http, owners } = this.#options;
    const response = await http.request({ ...call, hashKey: key });
    const owner = ownerOf(response);
    if (owner === undefined) {
      if (response.status < 300) owners.remember(key, response.address);
      return response;
    }
    await response.body.dump();
    owners.remember(key, owner);
    return this.#refuseMoved(await http.request({ ...call, address: owner }), key);
  }

  async #stream(forwarding: Forwarding, key: string): Promise<HttpResponse> {
    const { http, owners } = this.#options;
    const call = this.#callFor(forwarding);
    for (let attempt = 1; ; attempt++) {
      const wasKnown = owners.recall(key) !== undefined;
      const address = await owners.find(this.#question(forwarding, key));
      const body = new ClientBytes(forwarding.source);
      const target = address === undefined ? { hashKey: key } : { address };
      try {
        const response = await http.request({ ...call, ...target, body });
        if (response.status >= 500) owners.forget(key);
        else if (address !== undefined && response.status < 300) owners.remember(key, address);
        return await this.#refuseMoved(response, key);
      } catch (error) {
        owners.forget(key);
        const isGone = error instanceof ServiceError && error.code === commonErrors.UPSTREAM_UNREACHABLE.code;
        // The remembered owner has died before it saw anything: ask once who took over.
        if (!(isGone && wasKnown && body.isUntouched && attempt === 1)) throw error;
      }
    }
  }

  /** A second refusal means that ownership is changing hands right now. The client resumes where it was acknowledged. */
  async #refuseMoved(response: HttpResponse, key: string): Promise<HttpResponse> {
    if (response.status !== 421) return response;
    await response.body.dump();
    this.#options.owners.forget(key);
    throw commonErrors.UNAVAILABLE({
      message: 'The session is moving to another recorder.',
      headers: { 'retry-after': '1' },
    });
  }

  #callFor({ route, path, headers, requestId, signal }: Forwarding): HttpRequest {
    return {
      baseUrl: this.#baseUrl(route),
      method: route.method,
      path,
      headers,
      requestId,
      signal,
      timeoutMs: route.timeoutMs,
    };
  }

  #question({ route, path, headers, requestId, signal }: Forwarding, key: string): OwnerQuestion {
    const { 'content-length': _length, 'content-type': _type, 'upload-offset': _offset, ...asked } = headers;
    const [pathOnly = path] = path.split('?', 1);
    return { baseUrl: this.#baseUrl(route), path: pathOnly, key, headers: asked, requestId, signal };
  }

  #baseUrl({ service }: ExposedRoute): string {
    const url = this.#options.baseUrls[service];
    if (url === undefined) throw new Error(`no URL for ${service}`);
    return url;
  }
}
