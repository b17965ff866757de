import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextSlotState, type SlotEvent, type SlotPhase, type SlotState, slotBegun } from '../src/index.ts';

const SLOT = 72_000;
const events: Readonly<Record<string, SlotEvent>> = {
  begun: { event: 'begun', slot: SLOT + 1 },
  leader: { event: 'leader', leader: 'v01', fallback_index: 0 },
  takeover: { event: 'takeover', leader: 'v02', fallback_index: 1 },
  proposed: { event: 'proposed' },
  confirmed: { event: 'confirmed' },
  given_up: { event: 'given_up' },
  ended: { event: 'ended' },
};
type Name = 'begun' | 'leader' | 'takeover' | 'proposed' | 'confirmed' | 'given_up' | 'ended';

/** The state after these events; fails when one of them cannot happen. */
function after(...names: readonly Name[]): SlotState {
  return names.reduce<SlotState>((state, name) => {
    const next = nextSlotState(state, events[name] as SlotEvent);
    if (!next) throw new Error(`${name} cannot happen in ${state.state}`);
    return next;
  }, slotBegun(SLOT));
}

describe('a slot', () => {
  it('begins with its leader unknown', () => {
    expect(slotBegun(SLOT)).toEqual({
      state: 'calculating',
      slot: SLOT,
      epoch: 100,
      fallback_index: 0,
      blocks: 0,
    });
  });

  it('has block after block confirmed until it ends', () => {
    const one = after('leader', 'proposed', 'confirmed');
    expect(one).toMatchObject({ state: 'block_confirmed', leader: 'v01', blocks: 1 });
    expect(after('leader', 'proposed', 'confirmed', 'proposed', 'confirmed', 'ended')).toMatchObject({
      state: 'block_confirmed',
      blocks: 2,
    });
  });

  it('is missed when it ends without a block, proposed or not', () => {
    expect(after('leader', 'ended').state).toBe('slot_missed');
    expect(after('leader', 'proposed', 'ended').state).toBe('slot_missed');
    expect(after('leader', 'takeover', 'ended').state).toBe('slot_missed');
  });

  it('passes to the next leader in line, before its first block and after', () => {
    expect(after('leader', 'takeover')).toMatchObject({
      state: 'leader_selected',
      leader: 'v02',
      fallback_index: 1,
    });
    expect(after('leader', 'proposed', 'confirmed', 'takeover')).toMatchObject({
      state: 'block_confirmed',
      leader: 'v02',
      blocks: 1,
    });
    expect(nextSlotState(after('leader', 'takeover'), events.takeover as SlotEvent)).toBeUndefined();
  });

  it('goes back to where it was when a proposal is given up', () => {
    expect(after('leader', 'proposed', 'given_up').state).toBe('leader_selected');
    expect(after('leader', 'proposed', 'confirmed', 'proposed', 'given_up').state).toBe('block_confirmed');
    expect(after('leader', 'proposed', 'confirmed', 'proposed', 'ended').state).toBe('block_confirmed');
  });

  it.each<[SlotPhase, readonly Name[], readonly Name[]]>([
    ['calculating', [], ['begun', 'leader']],
    ['leader_selected', ['leader'], ['begun', 'takeover', 'proposed', 'ended']],
    ['block_proposed', ['leader', 'proposed'], ['begun', 'confirmed', 'given_up', 'ended']],
    ['block_confirmed', ['leader', 'proposed', 'confirmed'], ['begun', 'takeover', 'proposed', 'ended']],
    ['slot_missed', ['leader', 'ended'], ['begun']],
  ])('in %s knows its events and no other', (phase, path, legal) => {
    const state = after(...path);
    expect(state.state).toBe(phase);
    const possible = Object.keys(events).filter((name) => nextSlotState(state, events[name] as SlotEvent));
    expect(possible.toSorted()).toEqual(legal.toSorted());
  });

  it('does not begin twice nor go back', () => {
    expect(nextSlotState(slotBegun(SLOT), { event: 'begun', slot: SLOT })).toBeUndefined();
    expect(nextSlotState(slotBegun(SLOT), { event: 'begun', slot: SLOT - 1 })).toBeUndefined();
  });

  it('is confirmed only with a block and missed only without, whatever happens', () => {
    const anyEvent = fc.constantFrom(...(Object.values(events) as SlotEvent[]));
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), (list) => {
        let state = slotBegun(SLOT);
        for (const event of list) state = nextSlotState(state, event) ?? state;
        if (state.state === 'block_confirmed') expect(state.blocks).toBeGreaterThan(0);
        if (state.state === 'slot_missed' || state.state === 'leader_selected') expect(state.blocks).toBe(0);
        expect(state.leader === undefined).toBe(state.state === 'calculating');
      }),
    );
  });
});
