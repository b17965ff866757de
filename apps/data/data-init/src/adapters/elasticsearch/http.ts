/** What Elasticsearch answered: the status decides, not an exception. */
export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export type Ask = (method: 'GET' | 'PUT', path: string, body?: object) => Promise<Answer>;

const TIMEOUT_MS = 10_000;

/** @param uri base URL without a slash at the end @param authorization value of that header, if there is a login */
export function elasticsearchAt(uri: string, authorization: string | undefined): Ask {
  return async (method, path, body) => {
    const response = await fetch(`${uri}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    return { status: response.status, body: parsed(text) };
  };
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { error: text.slice(0, 200) }; // a proxy's page: shown as the reason
  }
}

/** Elasticsearch's reason in one line. */
export function reasonOf({ status, body }: Answer): string {
  const error = body.error as { reason?: string } | string | undefined;
  const reason = typeof error === 'string' ? error : error?.reason;
  return `${status}${reason ? ` ${reason}` : ''}`;
}
