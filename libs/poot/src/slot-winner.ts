// What came of a slot: whoever has most of its blocks on the chain has won it.
import type { BlockHeader } from '@lucid/ledger';

/** Won by the primary or its k-th fallback, or missed: no confirmed block in it. */
export type SlotResult =
  | { readonly slot: number; readonly winner: string; readonly reason: 'primary' | `fallback_${number}` }
  | { readonly slot: number; readonly winner: 'missed'; readonly reason: 'timeout' };

/** Of one validator in one slot. */
export interface SlotShare {
  readonly validator: string;
  readonly blocks: number;
  /** Height of its last block, and the fallback index that one has. */
  readonly last_height: number;
  readonly fallback_index: number;
}

export type LedBlock = Pick<BlockHeader, 'slot' | 'height' | 'validator' | 'fallback_index'>;

/** The shares with one more block; which block comes first does not matter. */
export function addShare(shares: readonly SlotShare[], block: LedBlock): readonly SlotShare[] {
  const mine = shares.find(({ validator }) => validator === block.validator);
  const later = mine === undefined || block.height > mine.last_height;
  const share: SlotShare = {
    validator: block.validator,
    blocks: (mine?.blocks ?? 0) + 1,
    last_height: later ? block.height : mine.last_height,
    fallback_index: later ? block.fallback_index : mine.fallback_index,
  };
  return [...shares.filter((other) => other !== mine), share];
}

/** Most blocks win; among equals the one whose last block is the later. */
export function resultOf(slot: number, shares: readonly SlotShare[]): SlotResult {
  const [best] = shares.toSorted((a, b) => b.blocks - a.blocks || b.last_height - a.last_height);
  if (!best) return { slot, winner: 'missed', reason: 'timeout' };
  const { validator, fallback_index } = best;
  return { slot, winner: validator, reason: fallback_index === 0 ? 'primary' : `fallback_${fallback_index}` };
}

/** Result of a slot from the headers of confirmed blocks, in any order; those of other slots are passed over. */
export function winnerOf(slot: number, headers: Iterable<LedBlock>): SlotResult {
  let shares: readonly SlotShare[] = [];
  for (const header of headers) if (header.slot === slot) shares = addShare(shares, header);
  return resultOf(slot, shares);
}
