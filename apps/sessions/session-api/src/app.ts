import { sessionApi } from '@lucid/contracts';
import { createApp, mount, type ServiceContext } from '@lucid/service';
import { acceptUpgrades } from '@lucid/web-socket';
import type { FastifyInstance } from 'fastify';
import type { Deps } from './adapters/deps.ts';
import type { Settings } from './config.ts';
import { addGuards } from './guards.ts';
import { routes } from './routes.ts';

/** Pure: routes over what `connect` opened. Never listens. */
export function buildApp(settings: Settings, deps: Deps, context: ServiceContext): FastifyInstance {
  const app = createApp(context);
  acceptUpgrades(app);
  addGuards(app, deps);
  mount(app, sessionApi, routes(settings, deps, context), () => context.mesh.verifier);
  return app;
}
