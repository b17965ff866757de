import { Type } from 'typebox';
import { IntegrityReport } from './blockchain-types.ts';
import type { Endpoint } from './endpoint.ts';
import { Count, Hash, OneOf, Strict, Timestamp } from './schemas.ts';

/** What can be asked of the chain as a whole. Each also answers under `/api/v1/chain`. */
export const chainEndpoints = {
  chainInfo: {
    method: 'GET',
    path: '/api/v1/blockchain/info',
    summary: 'What chain this is.',
    access: 'public',
    replies: {
      200: Strict({
        network_name: Type.String(),
        version: Type.String(),
        consensus_algorithm: Type.String(),
        block_time_seconds: Count,
        current_height: Count,
        genesis_block: Hash,
        total_transactions: Count,
        network_hash_rate: Type.Number(),
        difficulty: Type.Number(),
      }),
    },
  },
  chainStatus: {
    method: 'GET',
    path: '/api/v1/blockchain/status',
    summary: 'Does the chain grow?',
    access: 'public',
    replies: {
      200: Strict({
        status: OneOf(['healthy', 'syncing', 'error']),
        current_height: Count,
        network_height: Count,
        sync_percentage: Type.Number({ minimum: 0, maximum: 100 }),
        last_block_time: Timestamp,
        peer_count: Count,
        consensus_participants: Count,
        block_production_rate: Type.Number({ minimum: 0 }),
        mempool_size: Count,
      }),
    },
  },
  chainHeight: {
    method: 'GET',
    path: '/api/v1/blockchain/height',
    summary: 'Height and time of the newest block.',
    access: 'public',
    replies: { 200: Strict({ height: Count, timestamp: Timestamp }) },
  },
} as const satisfies Record<string, Endpoint>;

type Aliases<Endpoints> = { [Name in keyof Endpoints as `${Name & string}Alias`]: Endpoints[Name] };

/** The same endpoints under the other prefix; their names end in `Alias`. */
export const chainAliases = Object.fromEntries(
  Object.entries(chainEndpoints).map(([name, endpoint]) => [
    `${name}Alias`,
    { ...endpoint, path: endpoint.path.replace('/blockchain/', '/chain/') },
  ]),
) as unknown as Aliases<typeof chainEndpoints>;

export const integrityEndpoints = {
  chainIntegrity: {
    method: 'GET',
    path: '/api/v1/integrity',
    summary: 'What the scan of all kept blocks has found.',
    access: 'admin_or_service',
    replies: { 200: IntegrityReport },
  },
} as const satisfies Record<string, Endpoint>;
