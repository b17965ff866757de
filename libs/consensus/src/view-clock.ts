// When a height opens, how long a leader is waited for, and how long stragglers are.
import { tickAt, tickStartMs } from '@lucid/ledger';

/** SLOT_TIMEOUT_MS: nobody waits longer for a leader, as long as all goes well. */
export const SLOT_TIMEOUT_MS = 5000;

/** Four views of this length, with the waits for two phases of votes, still fit into a slot of 120 s. */
const MAX_GRACE_MS = 20_000;
const MAX_STRAGGLERS_MS = 5000;

/** The start of the first tick after that of the parent: one block per tick. */
export function opensAtMs(parentTimeMs: number, blockTimeMs: number): number {
  return tickStartMs(tickAt(parentTimeMs, blockTimeMs) + 1, blockTimeMs);
}

/** min(5 s, block time / 2), doubled with every setback. */
export function graceMs(blockTimeMs: number, setbacks: number): number {
  return Math.min(Math.min(SLOT_TIMEOUT_MS, blockTimeMs / 2) * 2 ** setbacks, MAX_GRACE_MS);
}

/** How long votes that may still decide are waited for, once more than two thirds have voted differently. */
export function stragglersMs(grace: number): number {
  return Math.min(grace / 2, MAX_STRAGGLERS_MS);
}
