import { request } from 'undici';

export interface Question {
  /** @default GET */
  method?: string;
  path: string;
  token?: string | undefined;
  headers?: Record<string, string>;
  /** An object goes as JSON; text and bytes go as they are. */
  body?: object | string | Buffer;
  /** Gives up waiting. */
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  bytes: Buffer;
  text: string;
  /** The body where it is JSON. */
  json: unknown;
}

/** One plain HTTP request, without retries: what the gateway really answers. */
export async function ask(
  url: string,
  { method = 'GET', path, token, headers, body, signal }: Question,
): Promise<Answer> {
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
  const sent = body === undefined ? null : isRaw ? body : JSON.stringify(body);
  const answer = await request(url + path, {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: sent as string | Buffer | null,
    ...(signal ? { signal } : {}),
  });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  const text = bytes.toString('utf8');
  return { status: answer.statusCode, headers: answer.headers, bytes, text, json: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // bytes, or nothing
  }
}

/** The code of an error envelope as a number, undefined where the answer carries none. */
export function errorCode({ json }: Answer): number | undefined {
  const { code } = (json as { error?: { code?: string } } | undefined)?.error ?? {};
  const digits = /^LUCID_ERR_(\d{4})$/.exec(code ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}
