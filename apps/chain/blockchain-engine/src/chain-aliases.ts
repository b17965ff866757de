import type { blockchainEngine } from '@lucid/contracts';
import type { Handlers } from '@lucid/service';

type All = Handlers<typeof blockchainEngine>;
type Name = 'chainInfo' | 'chainStatus' | 'chainHeight';
type AliasHandlers = Pick<All, `${Name}Alias`>;

/** The same handlers under the names of the aliases: `/api/v1/chain/…` answers what `/api/v1/blockchain/…` answers. */
export const chainAliasRoutes = (handlers: Pick<All, Name>): AliasHandlers => ({
  chainInfoAlias: handlers.chainInfo,
  chainStatusAlias: handlers.chainStatus,
  chainHeightAlias: handlers.chainHeight,
});
