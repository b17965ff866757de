import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { Upgrade } from './upgrade.ts';

const waiting = new WeakMap<IncomingMessage, Upgrade>();

/**
 * Sends upgrade requests through the routes of `app`. A handler takes the socket over with `upgradeOf`; whatever else it answers,
 * a refusal above all, leaves as a plain answer on the connection, which then ends.
 */
export function acceptUpgrades(app: FastifyInstance): void {
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // The server has let go of the socket: from here on nobody else listens for what breaks it.
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0]);
    response.once('finish', () => socket.end());
    if (isWebSocket(request)) waiting.set(request, new Upgrade(request, socket, head));
    app.routing(request, response);
  });
}

/** The upgrade that a request asks for, while nobody has taken it. */
export const waitingUpgrade = (request: IncomingMessage): Upgrade | undefined => waiting.get(request);

const isWebSocket = ({ headers, method }: IncomingMessage): boolean =>
  method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
