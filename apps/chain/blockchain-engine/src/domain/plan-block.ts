import type { BlockLimits } from '@lucid/ledger';
import { PRIORITY } from './priority.ts';
import type { MempoolEntry } from './transaction-document.ts';

/** Header, hash, signature and the names around them take less than 1.2 KB. */
const FRAME_BYTES = 2048;

type Planned = Pick<MempoolEntry, '_id' | 'priority' | 'size_bytes'>;

/**
 * The transactions of the next block: as many as fit, in the given order (priority, then first come first served). The
 * first that is too large for what is left ends the block, lest small ones overtake it for ever; further anchors only
 * step aside for the classes after them.
 */
export function planBlock<Entry extends Planned>(entries: readonly Entry[], limits: BlockLimits): Entry[] {
  const chosen: Entry[] = [];
  let anchors = 0;
  let bytes = FRAME_BYTES;
  for (const entry of entries) {
    if (entry.priority === PRIORITY.session_anchor && anchors >= limits.max_anchors) continue;
    const withSeparator = entry.size_bytes + 1;
    if (chosen.length >= limits.max_transactions || bytes + withSeparator > limits.max_block_bytes) break;
    bytes += withSeparator;
    if (entry.priority === PRIORITY.session_anchor) anchors += 1;
    chosen.push(entry);
  }
  return chosen;
}
