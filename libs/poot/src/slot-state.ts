// Where a slot stands, as one node sees it. For reports alone (`consensus_state`): nothing is decided by it.
import { epochOfSlot } from '@lucid/ledger';

//                                   ┌── takeover(k) ──┐
//                                   ▼                 │
//  calculating ── leader(k) ──▶ leader_selected ──────┘
//       ▲                         │    │    ▲
//       │              ended      │    │    └── given_up, no block in the slot yet ──┐
//       │          (no block) ┌───┘    │ proposed                                    │
//       │                     ▼        └──────────────▶ block_proposed ──────────────┤
//       │◀─ begun ──── slot_missed ◀── ended (no block) ────┘ │    ▲                 │ given_up,
//       │                                           confirmed │    │ proposed        │ a block before,
//       │                                                     ▼    │                 │ or ended
//       └◀─ begun ────────────────────────────────────── block_confirmed ◀───────────┘
//                                                           └─ takeover(k) ─▶ itself
//
//  begun, of a later slot, leads to `calculating` from everywhere.
export type SlotPhase =
  | 'calculating'
  | 'leader_selected'
  | 'block_proposed'
  | 'block_confirmed'
  | 'slot_missed';

export interface SlotState {
  readonly state: SlotPhase;
  readonly slot: number;
  readonly epoch: number;
  /** Who has the floor; absent while that is being computed. */
  readonly leader?: string;
  readonly fallback_index: number;
  /** Confirmed blocks of the slot. */
  readonly blocks: number;
}

export type SlotEvent =
  | { readonly event: 'begun'; readonly slot: number }
  | { readonly event: 'leader'; readonly leader: string; readonly fallback_index: number }
  | { readonly event: 'takeover'; readonly leader: string; readonly fallback_index: number }
  | { readonly event: 'proposed' }
  | { readonly event: 'confirmed' }
  | { readonly event: 'given_up' }
  | { readonly event: 'ended' };

/** The state in which every slot begins. */
export function slotBegun(slot: number): SlotState {
  return { state: 'calculating', slot, epoch: epochOfSlot(slot), fallback_index: 0, blocks: 0 };
}

/** The state after an event; undefined when the event cannot happen in this state. */
export function nextSlotState(now: SlotState, event: SlotEvent): SlotState | undefined {
  switch (event.event) {
    case 'begun':
      return event.slot > now.slot ? slotBegun(event.slot) : undefined;
    case 'leader':
      return now.state === 'calculating' ? withLeader(now, event, 'leader_selected') : undefined;
    case 'takeover':
      return event.fallback_index > now.fallback_index ? takenOver(now, event) : undefined;
    case 'proposed':
      return now.state === 'leader_selected' || now.state === 'block_confirmed'
        ? { ...now, state: 'block_proposed' }
        : undefined;
    case 'confirmed':
      return now.state === 'block_proposed'
        ? { ...now, state: 'block_confirmed', blocks: now.blocks + 1 }
        : undefined;
    case 'given_up':
      return now.state === 'block_proposed' ? { ...now, state: waiting(now) } : undefined;
    case 'ended':
      return ended(now);
  }
}

type Floor = Pick<Extract<SlotEvent, { leader: string }>, 'leader' | 'fallback_index'>;

function withLeader(now: SlotState, { leader, fallback_index }: Floor, state: SlotPhase): SlotState {
  return { ...now, state, leader, fallback_index };
}

/** The floor passes while nothing is proposed; a proposal that is out has to be confirmed or given up first. */
function takenOver(now: SlotState, event: Floor): SlotState | undefined {
  const idle = now.state === 'leader_selected' || now.state === 'block_confirmed';
  return idle ? withLeader(now, event, now.state) : undefined;
}

function ended(now: SlotState): SlotState | undefined {
  if (now.state === 'calculating' || now.state === 'slot_missed') return undefined;
  return { ...now, state: now.blocks > 0 ? 'block_confirmed' : 'slot_missed' };
}

function waiting({ blocks }: SlotState): SlotPhase {
  return blocks > 0 ? 'block_confirmed' : 'leader_selected';
}
