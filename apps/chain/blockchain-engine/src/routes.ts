import type { blockchainEngine } from '@lucid/contracts';
import type { Handlers, ServiceContext } from '@lucid/service';
import type { Deps } from './adapters/deps.ts';
import { blockRoutes } from './block-routes.ts';
import { chainAliasRoutes } from './chain-aliases.ts';
import { chainRoutes } from './chain-routes.ts';
import { consensusRoutes } from './consensus-routes.ts';
import { integrityRoutes } from './integrity-routes.ts';
import { merkleRoutes } from './merkle-routes.ts';
import { transactionRoutes } from './transaction-routes.ts';

export const routes = (deps: Deps, context: ServiceContext): Handlers<typeof blockchainEngine> => {
  const chain = chainRoutes(deps, context);
  return {
    ...chain,
    ...chainAliasRoutes(chain),
    ...consensusRoutes(deps, context),
    ...integrityRoutes(deps),
    ...blockRoutes(deps, context),
    ...transactionRoutes(deps, context),
    ...merkleRoutes(deps, context),
  };
};
