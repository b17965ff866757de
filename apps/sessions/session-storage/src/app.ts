import { sessionStorage } from '@lucid/contracts';
import { createApp, mount, type ServiceContext } from '@lucid/service';
import type { FastifyInstance } from 'fastify';
import type { Deps } from './adapters/deps.ts';
import type { Settings } from './config.ts';
import { routes } from './routes.ts';

/** Pure: routes over what `connect` opened. Never listens. */
export function buildApp(_settings: Settings, deps: Deps, context: ServiceContext): FastifyInstance {
  const app = createApp(context);
  mount(app, sessionStorage, routes(deps, context), () => context.mesh.verifier);
  return app;
}
