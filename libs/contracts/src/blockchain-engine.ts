import { blockEndpoints } from './block-endpoints.ts';
import { chainAliases, chainEndpoints, integrityEndpoints } from './chain-endpoints.ts';
import { consensusEndpoints } from './consensus-endpoints.ts';
import { contract } from './endpoint.ts';
import { merkleEndpoints } from './merkle-endpoints.ts';
import { transactionEndpoints } from './transaction-endpoints.ts';

export const blockchainEngine = contract('lucid-blockchain-engine', 'Blockchain engine', {
  ...chainEndpoints,
  ...chainAliases,
  ...integrityEndpoints,
  ...blockEndpoints,
  ...transactionEndpoints,
  ...merkleEndpoints,
  ...consensusEndpoints,
});
