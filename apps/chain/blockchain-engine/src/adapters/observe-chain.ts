import type { Clock } from '@lucid/clock';
import { tickAt } from '@lucid/ledger';
import type { Instruments } from '@lucid/metrics';
import { instantOf } from '../domain/ticks.ts';
import type { metrics } from '../metrics.ts';
import type { Ledger } from './ledger.ts';

export interface Observed {
  ledger: Pick<Ledger, 'blocks'>;
  peers: { readonly count: number; readonly connected: number };
  clock: Clock;
  blockTimeMs: number;
  makesEmptyBlocks: boolean;
  instruments: Pick<
    Instruments<(typeof metrics)['definitions']>,
    | 'blockchain_block_height'
    | 'blockchain_block_gap_seconds'
    | 'blockchain_ticks_without_block'
    | 'blockchain_peers_connected'
    | 'blockchain_peers_expected'
  >;
}

/**
 * Tells what alerts look at, on every instance, also on one that stands by. Where empty blocks are not made, no block means
 * nothing, and the gap stays 0.
 */
export async function observeChain(observed: Observed): Promise<void> {
  const { ledger, peers, clock, blockTimeMs, makesEmptyBlocks, instruments } = observed;
  instruments.blockchain_peers_expected.set(peers.count);
  instruments.blockchain_peers_connected.set(peers.connected);
  const head = await ledger.blocks.head();
  if (!head) return;
  instruments.blockchain_block_height.set(head._id);
  const madeMs = instantOf(head.header.timestamp);
  const nowMs = clock.nowMs();
  const isDue = makesEmptyBlocks && head._id > 0;
  const ticks = tickAt(nowMs, blockTimeMs) - tickAt(madeMs, blockTimeMs) - 1;
  instruments.blockchain_block_gap_seconds.set(isDue ? Math.max(0, nowMs - madeMs) / 1000 : 0);
  instruments.blockchain_ticks_without_block.set(isDue ? Math.max(0, ticks) : 0);
}
