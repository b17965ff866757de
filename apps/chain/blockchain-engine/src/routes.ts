import type { blockchainEngine } from '@lucid/contracts';
import type { Handlers, ServiceContext } from '@lucid/service';
import type { Deps } from './adapters/connect.ts';
import { blockRoutes } from './block-routes.ts';
import { chainRoutes } from './chain-routes.ts';
import { merkleRoutes } from './merkle-routes.ts';
import { transactionRoutes } from './transaction-routes.ts';

export const routes = (deps: Deps, context: ServiceContext): Handlers<typeof blockchainEngine> => ({
  ...chainRoutes(deps, context),
  ...blockRoutes(deps, context),
  ...transactionRoutes(deps, context),
  ...merkleRoutes(deps, context),
});
