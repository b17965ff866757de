/** Requests to a door as a stranger would make them, each on a connection of its own unless an agent is given. */
import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

export interface Knock {
  readonly host: string;
  readonly port?: number;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readable;
  /** Knock at the TLS port and trust this certificate. */
  readonly trusting?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export async function knock({
  host,
  port,
  path = '/',
  method = 'GET',
  headers,
  body,
  trusting,
}: Knock): Promise<Answer> {
  const options = {
    host,
    path,
    method,
    ...(headers ? { headers: { ...headers } } : {}),
    agent: false as const,
  };
  const sent = trusting
    ? secureRequest({ ...options, port: port ?? 8443, ca: trusting, servername: 'localhost' })
    : request({ ...options, port: port ?? 8080 });
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  if (body) await Promise.all([pipeline(body, sent), answered]);
  else sent.end();
  const [response] = await answered;
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}

/** Which gateway answered. */
export const answeredBy = (answer: Answer): string => (JSON.parse(answer.body) as { by: string }).by;

/** Opens a WebSocket, sends a text through it and back, and closes it. */
export async function webSocket(
  host: string,
  cookie?: string,
): Promise<{ by: string; cookie: string | undefined; echoed: string }> {
  const sent = request({
    host,
    port: 8080,
    path: '/ws',
    agent: new Agent(),
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...(cookie ? { cookie } : {}),
    },
  });
  sent.end();
  const [response, socket] = (await once(sent, 'upgrade')) as [IncomingMessage, import('node:net').Socket];
  socket.write('hello');
  const [echoed] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return {
    by: String(response.headers['x-by']),
    cookie: response.headers['set-cookie']?.[0]?.split(';')[0],
    echoed: echoed.toString(),
  };
}
