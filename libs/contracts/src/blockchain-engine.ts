import { Type } from 'typebox';
import { blockEndpoints } from './block-endpoints.ts';
import { chainAliases, chainEndpoints, integrityEndpoints } from './chain-endpoints.ts';
import { contract } from './endpoint.ts';
import { merkleEndpoints } from './merkle-endpoints.ts';
import { Count, OneOf, Strict } from './schemas.ts';
import { transactionEndpoints } from './transaction-endpoints.ts';

export const blockchainEngine = contract('lucid-blockchain-engine', 'Blockchain engine', {
  ...chainEndpoints,
  ...chainAliases,
  ...integrityEndpoints,
  ...blockEndpoints,
  ...transactionEndpoints,
  ...merkleEndpoints,
  consensusStatus: {
    method: 'GET',
    path: '/api/v1/consensus/status',
    summary: 'Slot, epoch and leader.',
    access: 'user_or_service',
    replies: {
      200: Strict({
        status: OneOf(['active', 'error']),
        mode: OneOf(['bootstrap']),
        slot: Count,
        epoch: Count,
        leader: Type.String(),
        participants_count: Count,
        consensus_algorithm: Type.String(),
      }),
    },
  },
});
