import type { blockchainEngine } from '@lucid/contracts';
import { commonErrors } from '@lucid/errors';
import { NETWORK } from '@lucid/ledger';
import type { Handlers, ServiceContext } from '@lucid/service';
import type { BlockHead } from './adapters/blocks.ts';
import type { Deps } from './adapters/deps.ts';
import { instantOf, productionRate } from './domain/ticks.ts';

type ChainHandlers = Pick<Handlers<typeof blockchainEngine>, 'chainInfo' | 'chainStatus' | 'chainHeight'>;

const ALGORITHM = 'PoOT';
const RATE_BLOCKS = 10;

export const chainRoutes = (
  { ledger, validators, peers, blockTimeMs }: Deps,
  { clock }: ServiceContext,
): ChainHandlers => {
  const tip = async (): Promise<BlockHead> => {
    const head = await ledger.blocks.head();
    if (!head) throw commonErrors.UNAVAILABLE();
    return head;
  };
  const isGrowing = (head: BlockHead): boolean =>
    clock.nowMs() - instantOf(head.header.timestamp) < 3 * blockTimeMs;

  return {
    chainInfo: async () => {
      const head = await tip();
      return {
        network_name: NETWORK,
        version: validators.data.version,
        consensus_algorithm: ALGORITHM,
        block_time_seconds: blockTimeMs / 1000,
        current_height: head._id,
        genesis_block: validators.genesis.hash,
        total_transactions: head.total_transactions,
        network_hash_rate: 0,
        difficulty: 1,
      };
    },

    chainStatus: async () => {
      const head = await tip();
      const newest = await ledger.blocks.heads({ from: head._id - RATE_BLOCKS, to: head._id }, 'ascending');
      const networkHeight = Math.max(head._id, peers.height);
      const isBehind = networkHeight > head._id + 1;
      return {
        status: isBehind ? ('syncing' as const) : isGrowing(head) ? ('healthy' as const) : ('error' as const),
        current_height: head._id,
        network_height: networkHeight,
        sync_percentage: networkHeight === 0 ? 100 : (100 * head._id) / networkHeight,
        last_block_time: head.header.timestamp,
        peer_count: peers.connected,
        consensus_participants: validators.data.validators.length,
        block_production_rate: productionRate(newest.map(({ header }) => header.timestamp)),
        mempool_size: await ledger.mempool.size(),
      };
    },

    chainHeight: async () => {
      const { _id, header } = await tip();
      return { height: _id, timestamp: header.timestamp };
    },
  };
};
