import { MAX_ANCHORS_PER_BLOCK, MAX_BLOCK_BYTES, MAX_TRANSACTIONS_PER_BLOCK } from '@lucid/ledger';
import { PRIORITY } from './priority.ts';
import type { MempoolEntry } from './transaction-document.ts';

/** Header, hash, signature and the names around them take less than 1.2 KB. */
const FRAME_BYTES = 2048;

export interface BlockLimits {
  transactions: number;
  anchors: number;
  bytes: number;
}

export const BLOCK_LIMITS: BlockLimits = {
  transactions: MAX_TRANSACTIONS_PER_BLOCK,
  anchors: MAX_ANCHORS_PER_BLOCK,
  bytes: MAX_BLOCK_BYTES - FRAME_BYTES,
};

type Planned = Pick<MempoolEntry, '_id' | 'priority' | 'size_bytes'>;

/**
 * The transactions of the next block: as many as fit, in the given order (priority, then first come first served). The
 * first that is too large for what is left ends the block, lest small ones overtake it for ever; further anchors only
 * step aside for the classes after them.
 */
export function planBlock<Entry extends Planned>(
  entries: readonly Entry[],
  limits: BlockLimits = BLOCK_LIMITS,
): Entry[] {
  const chosen: Entry[] = [];
  let anchors = 0;
  let bytes = 0;
  for (const entry of entries) {
    if (entry.priority === PRIORITY.session_anchor && anchors >= limits.anchors) continue;
    const withSeparator = entry.size_bytes + 1;
    if (chosen.length >= limits.transactions || bytes + withSeparator > limits.bytes) break;
    bytes += withSeparator;
    if (entry.priority === PRIORITY.session_anchor) anchors += 1;
    chosen.push(entry);
  }
  return chosen;
}
