import { type BlockLimits, DEFAULT_BLOCK_LIMITS, type GenesisData, limitsOf } from '@lucid/ledger';

const VARIABLES: Readonly<Record<keyof BlockLimits, string>> = {
  max_block_bytes: 'BLOCK_SIZE_LIMIT_MB',
  max_transactions: 'MAX_TRANSACTIONS_PER_BLOCK',
  max_anchors: 'MAX_ANCHORS_PER_BLOCK',
};

/** The variables that say other limits than the chain was begun with: nodes that differ would refuse each other's blocks. */
export function limitConflicts(kept: GenesisData, wanted: BlockLimits = DEFAULT_BLOCK_LIMITS): string[] {
  const limits = limitsOf(kept);
  return (Object.keys(VARIABLES) as (keyof BlockLimits)[])
    .filter((name) => limits[name] !== wanted[name])
    .map((name) => VARIABLES[name]);
}
