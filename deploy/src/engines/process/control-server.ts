/** The supervisor's ear: a few JSON calls over a Unix socket that only the owner of the home can open. */
import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { DeployError, deployErrors } from '../../errors.ts';
import type { System } from '../../model/types.ts';
import type { SystemStatus } from '../engine.ts';

/** What can be asked of a running engine. Each call resolves when it is done. */
export interface ControlHandlers {
  status(): SystemStatus;
  scale(service: string, count: number): Promise<SystemStatus>;
  restart(service: string): Promise<SystemStatus>;
  /** Resolves with the number of processes ended. */
  down(): Promise<number>;
  /** The system that was asked for, with the replica counts of now. */
  wanted(): System;
  /** Digest of the bundle each service runs, where it runs one. */
  revisions(): Readonly<Record<string, string>>;
}

export async function listenForControl(socketFile: string, handlers: ControlHandlers): Promise<Server> {
  rmSync(socketFile, { force: true }); // the lock is ours, so a socket lying here is nobody's
  const server = createServer((request, response) => {
    answer(request, handlers).then(
      (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      (error: unknown) => {
        const known = error instanceof DeployError ? error : deployErrors.unexpected(String(error));
        response.writeHead(known.exitCode === 2 ? 400 : 500, { 'content-type': 'application/json' });
        response.end(
          JSON.stringify({ error: { code: known.code, message: known.message, exit_code: known.exitCode } }),
        );
      },
    );
  });
  server.requestTimeout = 0;
  server.listen(socketFile);
  await once(server, 'listening');
  chmodSync(socketFile, 0o600);
  return server;
}

async function answer(request: IncomingMessage, handlers: ControlHandlers): Promise<unknown> {
  const call = `${request.method} ${request.url}`;
  const body = await readJson(request);
  const service = 'service' in body ? String(body.service) : '';
  switch (call) {
    case 'GET /status':
      return handlers.status();
    case 'GET /system':
      return handlers.wanted();
    case 'GET /revisions':
      return handlers.revisions();
    case 'POST /scale':
      return handlers.scale(service, 'count' in body ? Number(body.count) : Number.NaN);
    case 'POST /restart':
      return handlers.restart(service);
    case 'POST /down':
      return { ended: await handlers.down() };
    default:
      throw deployErrors.usage(`the engine knows no ${call}`);
  }
}

async function readJson(request: IncomingMessage): Promise<object> {
  let text = '';
  for await (const part of request) text += String(part);
  if (text === '') return {};
  const body: unknown = JSON.parse(text);
  return typeof body === 'object' && body !== null ? body : {};
}
