import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';

export interface Call {
  /** @default GET */
  readonly method?: string;
  /** Below `/api/v1`. */
  readonly path: string;
  readonly body?: object;
}

export interface Answered {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

const AGAIN_FOR_MS = 60_000;
const AGAIN_EVERY_MS = 250;
/** An acknowledgement comes when all bytes are on a disk that others use too. */
const SILENCE_MS = 300_000;

/** The gateway for one person, without a command line: what many of them at once can be made of in one process. */
export class Door {
  readonly url: string;
  readonly #agent: Agent;
  #token: string | undefined;

  constructor(url: string, token?: string) {
    this.url = url;
    this.#token = token;
    this.#agent = new Agent({ headersTimeout: SILENCE_MS, bodyTimeout: SILENCE_MS });
  }

  useToken(token: string): void {
    this.#token = token;
  }

  /** Answers that must be 2xx, as JSON; repeated while the platform is busy or away. @throws Error with what it says */
  async ask<Body>(call: Call): Promise<Body> {
    const untilMs = performance.now() + AGAIN_FOR_MS;
    for (;;) {
      const { status, text } = await this.#askOnce(call);
      if (status >= 200 && status < 300) return (text === '' ? undefined : JSON.parse(text)) as Body;
      if (status < 500 || performance.now() > untilMs)
        throw new Error(`${call.method ?? 'GET'} ${call.path}: ${status} ${text.slice(0, 300)}`);
      await sleep(AGAIN_EVERY_MS);
    }
  }

  #askOnce({ method = 'GET', path, body }: Call): Promise<Answered> {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    return this.send(method, path, headers, body === undefined ? null : JSON.stringify(body));
  }

  /** One request. @throws what broke the connection */
  async send(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: string | AsyncIterable<Uint8Array> | null,
  ): Promise<Answered> {
    const answer = await this.#request(method, path, headers, body);
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  }

  /** A body of any size, piece by piece. @throws Error when it is not 200, or ends too soon */
  async read(path: string, onBytes: (part: Buffer) => void): Promise<void> {
    const { statusCode, body } = await this.#request('GET', path, {}, null);
    if (statusCode !== 200)
      throw new Error(`GET ${path}: ${statusCode} ${(await body.text()).slice(0, 300)}`);
    for await (const part of body) onBytes(part as Buffer);
  }

  #request(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: string | AsyncIterable<Uint8Array> | null,
  ) {
    return request(`${this.url}/api/v1${path}`, {
      dispatcher: this.#agent,
      method: method as 'GET',
      headers: { ...(this.#token ? { authorization: `Bearer ${this.#token}` } : {}), ...headers },
      body: body as string | null,
    });
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}
