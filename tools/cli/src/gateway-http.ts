import { commonErrors } from '@lucid/errors';
import type { HttpClient, HttpRequest, HttpResponse } from '@lucid/http-client';
import { Agent, request } from 'undici';

/**
 * How long a request may stand still: nothing more of it is taken, and nothing of the answer comes. Longer than the 30 s after
 * which the gateway says itself that a service does not answer, and short enough for a second and a third attempt within the
 * patience of a recording, for a door behind which a machine died says nothing at all.
 */
const SILENCE_MS = 40_000;

export interface GatewayHttp extends HttpClient {
  /** Sets the token that goes with every call from now on. */
  useToken(token: string | undefined): void;
}

/**
 * The plain HTTP client of a user's machine: one address, one token, no discovery. It has the shape of `@lucid/http-client`
 * so that the typed clients of the contracts work over it.
 */
export function createGatewayHttp(silenceMs = SILENCE_MS): GatewayHttp {
  const agent = new Agent({ headersTimeout: silenceMs, bodyTimeout: silenceMs, connections: 8 });
  let token: string | undefined;
  return {
    useToken: (next) => {
      token = next;
    },
    request: (call) => send(agent, token, call),
    upstreams: () => [],
    close: () => agent.close(),
  };
}

async function send(agent: Agent, token: string | undefined, call: HttpRequest): Promise<HttpResponse> {
  try {
    const answer = await request(call.baseUrl + call.path, {
      dispatcher: agent,
      method: call.method,
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...call.headers },
      body: call.body ?? null,
      ...(call.signal ? { signal: call.signal } : {}),
    });
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: answer.body as unknown as HttpResponse['body'],
      address: call.baseUrl,
    };
  } catch (cause) {
    if (call.signal?.aborted) throw cause;
    throw commonErrors.UPSTREAM_UNREACHABLE({
      message: `${call.baseUrl} cannot be reached (${reasonOf(cause)})`,
      cause,
    });
  }
}

const reasonOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : String(error));
