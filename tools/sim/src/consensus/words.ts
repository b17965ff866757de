// Messages as a trace tells them.
import type { Message } from '@lucid/consensus';
import { fallbackOfView, slotOfView } from '@lucid/ledger';
import type { SimBlock } from './sim-block.ts';

export function messageWords(message: Message<SimBlock>): string {
  switch (message.kind) {
    case 'vote': {
      const { phase, height, view, block_hash } = message.vote;
      return `${phase}s ${block_hash?.slice(0, 6) ?? 'nothing'} at ${height} in ${viewWords(view)}`;
    }
    case 'proposal': {
      const { height, view, block_hash, pol_view } = message.proposal;
      const again = pol_view === null ? '' : `, prevoted in ${viewWords(pol_view)}`;
      return `proposes ${block_hash.slice(0, 6)} at ${height} in ${viewWords(view)}${again}`;
    }
    case 'proof':
      return `shows prevotes for ${message.block.hash.slice(0, 6)} of ${viewWords(message.pol.view)}`;
    case 'status':
      return `is at ${message.status.height}, ${viewWords(message.status.view)}`;
  }
}

/** `s123·0`: slot and fallback; slots counted from the last thousand. */
export function viewWords(view: number): string {
  return `s${slotOfView(view) % 1000}·${fallbackOfView(view)}`;
}
