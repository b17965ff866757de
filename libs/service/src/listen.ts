import { createServer, type Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { ServiceContext } from './context.ts';
import type { BaseSettings } from './create-context.ts';

/**
 * Listens on HOST:PORT and, where PUBLISH_ADDRESS is given, there too. The published port is opened with SO_REUSEPORT so
 * that several replicas share it and the kernel spreads connections; where the system lacks that, one replica has it alone.
 */
export async function listen(
  app: FastifyInstance,
  settings: BaseSettings,
  context: ServiceContext,
): Promise<void> {
  await app.listen({ host: settings.HOST, port: settings.PORT });
  context.lifecycle.onStop('server', () => app.close());
  if (!settings.PUBLISH_ADDRESS) return;
  const published = await publish(app, settings.PUBLISH_ADDRESS);
  context.lifecycle.onStop('published server', () => closed(published));
}

async function publish(app: FastifyInstance, address: string): Promise<Server> {
  const separator = address.lastIndexOf(':');
  const host = address.slice(0, separator);
  const port = Number(address.slice(separator + 1));
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 65_000 }, (request, response) =>
    app.routing(request, response),
  );
  if (app.server.listenerCount('upgrade') > 0)
    server.on('upgrade', (request, socket, head) => app.server.emit('upgrade', request, socket, head));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, reusePort: process.platform === 'linux' }, resolve);
  });
  return server;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
