import { authService } from '@lucid/contracts';
import { createApp, mount, type ServiceContext } from '@lucid/service';
import type { FastifyInstance } from 'fastify';
import type { Settings } from './config.ts';
import type { World } from './domain/world.ts';
import { routes } from './routes.ts';

export function buildApp(_settings: Settings, world: World, context: ServiceContext): FastifyInstance {
  const app = createApp(context);
  mount(app, authService, routes(world), () => context.mesh.verifier);
  return app;
}
