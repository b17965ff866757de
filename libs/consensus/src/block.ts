import type { BlockHeader, Certificate } from '@lucid/ledger';

/** All that consensus reads of a block; what else is in it is the host's business. `Block` of `@lucid/ledger` is one. */
export interface ConsensusBlock {
  readonly header: Pick<
    BlockHeader,
    'height' | 'slot' | 'fallback_index' | 'previous_hash' | 'timestamp' | 'validator'
  >;
  readonly hash: string;
}

/** A confirmed block: the form in which it is kept and travels in sync. */
export interface CertifiedBlock<B extends ConsensusBlock> {
  readonly block: B;
  readonly certificate: Certificate;
}
