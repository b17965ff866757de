import { EMPTY_HISTORY, type SlotHistoryData } from './slot-history.ts';
import type { PootSnapshot } from './snapshot.ts';
import type { PootState } from './state.ts';

/** The small part of a state, replaced at every fold. */
export interface Memory {
  tip: PootState['tip'];
  /** Oldest first: the first one is that of the last final block, or of the genesis block. */
  recentHashes: readonly string[];
  /** Hash of the last block that was final when the epoch of the tip began. */
  boundaryHash: string;
  history: SlotHistoryData;
}

/** Of the genesis block. */
export function memoryAt({ hash, slot }: { readonly hash: string; readonly slot: number }): Memory {
  return {
    tip: { height: 0, hash, slot },
    recentHashes: [hash],
    boundaryHash: hash,
    history: EMPTY_HISTORY,
  };
}

export function memoryOf(saved: PootSnapshot): Memory {
  const { wins, shares, filled_before, tally, next_tally } = saved;
  return {
    tip: saved.tip,
    recentHashes: saved.recent_hashes,
    boundaryHash: saved.boundary_hash,
    history: { wins, shares, filledBefore: filled_before, tally, nextTally: next_tally },
  };
}

export function savedMemory({ tip, recentHashes, boundaryHash, history }: Memory) {
  const { wins, shares, filledBefore, tally, nextTally } = history;
  return {
    tip: { ...tip },
    recent_hashes: [...recentHashes],
    boundary_hash: boundaryHash,
    wins: [...wins],
    shares: shares.toSorted((a, b) => a.last_height - b.last_height),
    ...(filledBefore !== undefined && { filled_before: filledBefore }),
    ...(tally && { tally }),
    ...(nextTally && { next_tally: nextTally }),
  };
}
