import { createApp, mount, type ServiceContext } from '@lucid/service';
import { acceptUpgrades } from '@lucid/web-socket';
import type { FastifyInstance } from 'fastify';
import type { Settings } from './config.ts';
import { apiGateway } from './contract.ts';
import { exposedRoutes } from './domain/exposed-routes.ts';
import { addEdge } from './edge.ts';
import { exposedContracts } from './exposed-contracts.ts';
import type { Gateway } from './gateway.ts';
import { mountProxies } from './proxy.ts';
import { routes } from './routes.ts';

export function buildApp(settings: Settings, gateway: Gateway, context: ServiceContext): FastifyInstance {
  const app = createApp(context);
  acceptUpgrades(app);
  addEdge(app, gateway);
  mount(app, apiGateway, routes(settings, gateway, context), () => context.mesh.verifier);
  mountProxies(app, exposedRoutes(exposedContracts), gateway);
  return app;
}
