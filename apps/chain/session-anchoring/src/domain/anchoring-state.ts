import type { Anchoring } from '@lucid/contracts';

/**
 * ```
 *            sent                     in a block               six blocks on it
 * pending ─────────▶ processing ───────────────▶ confirmed ────────────────────▶ confirmed, finalized
 *  │ ▲ ▲                 │   │
 *  │ │ └─ engine away, ──┘   └─ refused or dropped too often ─▶ failed
 *  │ │    refused, late                                            │
 *  │ └──────────────── asked for again ◀───────────────────────────┤
 *  └── 24 h are over ─▶ expired ───────────────────────────────────┘
 * ```
 * pending: waits to be sent. processing: on its way into a block. confirmed: stands in one. failed, expired: given up,
 * until somebody asks for it again. Anchors and checkpoints go the same way; checkpoints rest once they are confirmed.
 */
export type AnchoringStatus = Anchoring['status'];
export type AnchoringEvent = 'send' | 'retry' | 'confirm' | 'give_up' | 'expire' | 'revive';

const NEXT: Readonly<Record<AnchoringStatus, Partial<Record<AnchoringEvent, AnchoringStatus>>>> = {
  pending: {
    send: 'processing',
    retry: 'pending',
    confirm: 'confirmed',
    give_up: 'failed',
    expire: 'expired',
  },
  processing: { send: 'processing', retry: 'pending', confirm: 'confirmed', give_up: 'failed' },
  confirmed: {},
  failed: { revive: 'pending' },
  expired: { revive: 'pending' },
};

/** @throws Error when the event means nothing in this state */
export function nextStatus(status: AnchoringStatus, event: AnchoringEvent): AnchoringStatus {
  const next = NEXT[status][event];
  if (!next) throw new Error(`${event} means nothing to an anchoring that is ${status}`);
  return next;
}

/** States in which `event` is allowed: the filter of a compare-and-set. */
export const statusesAllowing = (event: AnchoringEvent): AnchoringStatus[] =>
  (Object.keys(NEXT) as AnchoringStatus[]).filter((status) => NEXT[status][event] !== undefined);
