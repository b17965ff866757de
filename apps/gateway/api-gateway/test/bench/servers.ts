/** The servers of the bench, each run in a process of its own: `node servers.ts upstream|proxy <port> [upstream port]`. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Pool } from 'undici';
import { jwks } from '../support/tokens.ts';

const [kind, port = '0', upstreamPort = '0'] = process.argv.slice(2);
const REPLY = JSON.stringify({ sessions: [], pagination: { page: 1, limit: 20, total: 0, pages: 0 } });
const HEADERS = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(REPLY)) };

/** Stands for the services behind: answers everything from memory and drops what it is sent. */
function upstream(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === '/.well-known/jwks.json') return void response.end(JSON.stringify(jwks));
  if (request.url?.startsWith('/api/v1/internal'))
    return void response.end(JSON.stringify({ revocations: [], cursor: '0.' }));
  if (request.method === 'GET') return void response.writeHead(200, HEADERS).end(REPLY);
  if (request.method === 'HEAD') return void response.writeHead(200).end();
  request.resume().once('end', () => response.writeHead(204).end());
}

/** The least a proxy can do: no framework, no tokens, no limits, no metrics. */
function plainProxy(target: string) {
  const pool = new Pool(target, { connections: 256 });
  return (request: IncomingMessage, response: ServerResponse): void => {
    const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
    pool.dispatch(
      {
        path: request.url ?? '/',
        method: request.method as 'GET',
        headers: { ...request.headers, connection: undefined, 'transfer-encoding': undefined },
        body: hasBody ? request : null,
      },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, status, headers) =>
          void response.writeHead(status, headers as NodeJS.Dict<string>),
        onResponseData: (_controller, piece) => void response.write(piece),
        onResponseEnd: () => void response.end(),
        onResponseError: () => void response.destroy(),
      },
    );
  };
}

const handler = kind === 'proxy' ? plainProxy(`http://127.0.0.1:${upstreamPort}`) : upstream;
createServer({ requestTimeout: 0 }, handler).listen(Number(port), '127.0.0.1', () => process.send?.('ready'));
