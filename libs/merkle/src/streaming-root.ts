// The root of a list that is never held in memory: at most 20 pending nodes at any time.
import { assertLeafCount } from './hash-list.ts';
import { leafHash, nodeHash } from './hashing.ts';

/** Takes item hashes one by one; `root()` may be asked at any time and does not end it. */
export interface RootAccumulator {
  add(itemHash: string): void;
  /** Root over everything added so far; throws `no_leaves` when that is nothing. */
  root(): string;
  readonly leafCount: number;
  /** All there is to keep to go on later: `peaks[d]` is the finished subtree of 2^d leaves, null where there is none. */
  peaks(): (string | null)[];
}

/**
 * Works like a binary counter: `peaks[d]` holds the finished subtree of 2^d leaves where bit d of the count is set.
 * Folding the peaks from the smallest up gives the same tree as promoting odd nodes level by level (RFC 6962, 2.1).
 * @param kept what `peaks()` of another accumulator said: this one goes on from there
 */
export function createRootAccumulator(kept: readonly (string | null)[] = []): RootAccumulator {
  const peaks = kept.map((peak) => peak ?? undefined);
  let leafCount = peaks.reduce((count, peak, depth) => count + (peak === undefined ? 0 : 2 ** depth), 0);
  return {
    add(itemHash) {
      assertLeafCount(leafCount + 1);
      let carry = leafHash(itemHash);
      let depth = 0;
      for (let peak = peaks[0]; peak !== undefined; peak = peaks[++depth]) {
        carry = nodeHash(peak, carry);
        peaks[depth] = undefined;
      }
      peaks[depth] = carry;
      leafCount += 1;
    },
    root() {
      assertLeafCount(leafCount);
      let right: string | undefined;
      for (const peak of peaks) {
        if (peak !== undefined) right = right === undefined ? peak : nodeHash(peak, right);
      }
      return right ?? '';
    },
    get leafCount() {
      return leafCount;
    },
    peaks: () => Array.from(peaks, (peak) => peak ?? null),
  };
}

/** Root over item hashes as they arrive, such as a database cursor in sequence order. */
export async function merkleRootOf(itemHashes: Iterable<string> | AsyncIterable<string>): Promise<string> {
  const accumulator = createRootAccumulator();
  for await (const itemHash of itemHashes) accumulator.add(itemHash);
  return accumulator.root();
}
