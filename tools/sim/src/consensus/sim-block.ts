// Blocks that hold names instead of transactions: small, and judged by the same questions.
import type { CertifiedBlock, ConsensusBlock, Effect } from '@lucid/consensus';
import { canonicalHash, timestampOf } from '@lucid/ledger';

export interface SimBlock extends ConsensusBlock {
  readonly transactions: readonly string[];
}

export type SimChain = CertifiedBlock<SimBlock>[];

export function sealed(header: SimBlock['header'], transactions: readonly string[]): SimBlock {
  return { header, hash: canonicalHash({ header, transactions }), transactions };
}

/** The block that a core asked its host for. */
export function blockFor(
  { parent, slot, fallbackIndex, timestampMs }: Extract<Effect<SimBlock>, { kind: 'build' }>,
  validator: string,
  transactions: readonly string[],
): SimBlock {
  const header = {
    height: parent.header.height + 1,
    slot,
    fallback_index: fallbackIndex,
    previous_hash: parent.hash,
    timestamp: timestampOf(timestampMs),
    validator,
  };
  return sealed(header, transactions);
}

export function isWhole(block: SimBlock): boolean {
  return block.hash === canonicalHash({ header: block.header, transactions: block.transactions });
}

export function genesisOf(startMs: number): SimBlock {
  const header = {
    height: 0,
    slot: 0,
    fallback_index: 0,
    previous_hash: '0'.repeat(64),
    timestamp: timestampOf(startMs),
    validator: 'n0',
  };
  return sealed(header, []);
}

/** The names that no block of the chain holds yet, and each once: what a host's judge is for. */
export function contentFault(
  transactions: readonly string[],
  isOnChain: (name: string) => boolean,
): string | undefined {
  const seen = new Set<string>();
  for (const name of transactions) {
    if (!name.startsWith('tx')) return `${name} is no transaction`;
    if (seen.has(name)) return `${name} appears twice`;
    if (isOnChain(name)) return `${name} is on the chain already`;
    seen.add(name);
  }
  return undefined;
}
