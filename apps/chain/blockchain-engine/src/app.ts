import { blockchainEngine } from '@lucid/contracts';
import { createApp, mount, type ServiceContext } from '@lucid/service';
import type { FastifyInstance } from 'fastify';
import type { Deps } from './adapters/deps.ts';
import type { Settings } from './config.ts';
import { limitUsers } from './limit-users.ts';
import { routes } from './routes.ts';

/** Pure: routes over what `connect` opened. Never listens. */
export function buildApp(settings: Settings, deps: Deps, context: ServiceContext): FastifyInstance {
  const app = createApp(context);
  if (settings.RATE_LIMIT_ENABLED)
    limitUsers(app, (group) => deps.instruments.blockchain_rate_limited_total.inc({ group }));
  mount(app, blockchainEngine, routes(deps, context), () => context.mesh.verifier);
  return app;
}
