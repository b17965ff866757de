// Views: the numbered chances to lead (`viewOf` of @lucid/ledger). Within a slot the primary has the first one and the fallbacks the next.
import { VIEWS_PER_SLOT } from '@lucid/ledger';

/** How many views of a slot have a leader: min(4, n). */
export function viewsPerSlot(validators: number): number {
  return Math.min(VIEWS_PER_SLOT, validators);
}
