import type { IncomingMessage } from 'node:http';
import type { Random } from '@lucid/clock';
import { EVENTS_PROTOCOL } from '@lucid/contracts';
import type { Address, Discovery } from '@lucid/discovery';
import { commonErrors } from '@lucid/errors';
import type { Credentials } from '@lucid/service-auth';
import { WebSocket } from 'ws';

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** A snapshot with all its fields has a few KiB. */
const LARGEST_FRAME_BYTES = 1024 * 1024;
/** An envelope; what is longer is none. */
const LARGEST_REFUSAL_BYTES = 64 * 1024;

/** The service did not accept: what it answered instead. */
export interface FeedRefusal {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface FeedCall {
  baseUrl: string;
  path: string;
  headers: Record<string, string>;
  signal: AbortSignal;
}

export interface FeedUpstreamOptions {
  discovery: Discovery;
  credentials: Credentials;
  random: Random;
}

/** Opens the feed at one of the instances behind a name. */
export class FeedUpstream {
  readonly #options: FeedUpstreamOptions;

  constructor(options: FeedUpstreamOptions) {
    this.#options = options;
  }

  /**
   * @returns the socket, paused so that no frame is lost before somebody listens; or the refusal
   * @throws UPSTREAM_UNREACHABLE when no instance takes the connection
   */
  async open({ baseUrl, path, headers, signal }: FeedCall): Promise<WebSocket | FeedRefusal> {
    const { discovery, credentials, random } = this.#options;
    const { hostname, port } = new URL(baseUrl);
    const authorization = `Bearer ${credentials.tokenFor(hostname)}`;
    const instances = [...(await discovery.resolve(hostname, Number(port) || 80))];
    const first = Math.floor(random.fraction() * instances.length);
    for (const address of [...instances.slice(first), ...instances.slice(0, first)]) {
      signal.throwIfAborted();
      const opened = await connect(address, path, { ...headers, authorization });
      if (opened) return opened;
    }
    throw commonErrors.UPSTREAM_UNREACHABLE({ details: { upstream: hostname } });
  }
}

/** @returns nothing when nobody is there */
function connect(
  { host, port }: Address,
  path: string,
  headers: Record<string, string>,
): Promise<WebSocket | FeedRefusal | undefined> {
  const at = host.includes(':') ? `[${host}]` : host;
  const socket = new WebSocket(`ws://${at}:${port}${path}`, [EVENTS_PROTOCOL], {
    headers,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    maxPayload: LARGEST_FRAME_BYTES,
    perMessageDeflate: false,
  });
  return new Promise((resolve) => {
    socket.on('error', () => resolve(undefined)); // stays: whatever breaks later is told by the close
    socket.once('open', () => {
      socket.pause();
      resolve(socket);
    });
    socket.once('unexpected-response', (request, response) => {
      resolve(refusalOf(response).finally(() => request.destroy()));
    });
  });
}

async function refusalOf(response: IncomingMessage): Promise<FeedRefusal> {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > LARGEST_REFUSAL_BYTES) break;
      pieces.push(piece);
    }
  } catch {
    pieces.length = 0; // it broke off: the status alone says it
  }
  const { statusCode = 502, headers } = response;
  return { status: statusCode, headers, body: Buffer.concat(pieces).toString('utf8') };
}
