// Views: the numbered chances to lead. Within a slot the primary has the first one and the fallbacks the next.
import { MAX_FALLBACK_ATTEMPTS } from './constants.ts';
import { PootError } from './poot-error.ts';

/** Distance between the first views of two slots, whatever the number of validators: views then say their slot. */
export const VIEW_STRIDE = 1 + MAX_FALLBACK_ATTEMPTS;

/** How many views of a slot have a leader: min(4, n). */
export function viewsPerSlot(validators: number): number {
  return Math.min(VIEW_STRIDE, validators);
}

/** view = slot × 4 + fallback_index. Throws `bad_view`. */
export function viewOf(slot: number, fallbackIndex: number): number {
  const known = Number.isInteger(fallbackIndex) && fallbackIndex >= 0 && fallbackIndex < VIEW_STRIDE;
  if (!known) throw new PootError('bad_view', `${fallbackIndex} is no fallback of a slot`);
  return checked(checked(slot) * VIEW_STRIDE + fallbackIndex);
}

/** The slot that a view belongs to. Throws `bad_view`. */
export function slotOfView(view: number): number {
  return Math.floor(checked(view) / VIEW_STRIDE);
}

/** 0 for the primary, k for the k-th fallback. Throws `bad_view`. */
export function fallbackOfView(view: number): number {
  return checked(view) % VIEW_STRIDE;
}

/** The next view that has a leader among so many validators; after the last fallback that is the next slot's first. */
export function nextView(view: number, validators: number): number {
  const last = fallbackOfView(view) + 1 >= viewsPerSlot(validators);
  return last ? viewOf(slotOfView(view) + 1, 0) : view + 1;
}

function checked(value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new PootError('bad_view', `${value} is no view and no slot`);
}
