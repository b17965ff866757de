import type { sessionApi } from '@lucid/contracts';
import type { Handlers, ServiceContext } from '@lucid/service';
import { accessTo } from './access.ts';
import type { Deps } from './adapters/deps.ts';
import type { Settings } from './config.ts';
import { chunkRoutes } from './routes/chunks.ts';
import { controlRoutes } from './routes/control.ts';
import { reportRoutes } from './routes/reports.ts';
import { sessionRoutes } from './routes/sessions.ts';

export function routes(settings: Settings, deps: Deps, context: ServiceContext): Handlers<typeof sessionApi> {
  const parts = { settings, deps, context, access: accessTo(deps) };
  return {
    ...sessionRoutes(parts),
    ...controlRoutes(parts),
    ...chunkRoutes(parts),
    ...reportRoutes(parts),
  };
}
