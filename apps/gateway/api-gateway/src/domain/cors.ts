/** Headers that let pages of listed origins call and read answers. Tokens come in a header, so no credentials are allowed. */
export interface Cors {
  /** For every answer to a listed origin; nothing for others. */
  answer(origin: string | undefined): Record<string, string> | undefined;
  /** For the browser's question beforehand. */
  preflight(origin: string | undefined): Record<string, string> | undefined;
}

const EXPOSED = [
  'content-range',
  'retry-after',
  'upload-offset',
  'upload-stored-offset',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'x-request-id',
].join(', ');
const ASKED_FOR = {
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers':
    'authorization, content-type, idempotency-key, if-match, if-none-match, range, upload-complete, upload-offset, x-request-id',
  'access-control-max-age': '600',
};

/**
 * @param origins each in full, `https://app.example.org`
 * @throws Error for `*` and for what is no origin
 */
export function corsFor(origins: readonly string[]): Cors {
  for (const origin of origins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin)
      throw new Error(
        `CORS_ORIGINS holds ${JSON.stringify(origin)}, which is no origin like https://app.example.org`,
      );
  }
  const allowed = new Set(origins);
  const answer = (origin: string | undefined) =>
    origin !== undefined && allowed.has(origin)
      ? { 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED, vary: 'origin' }
      : undefined;
  return {
    answer,
    preflight: (origin) => {
      const headers = answer(origin);
      return headers && { ...headers, ...ASKED_FOR };
    },
  };
}
