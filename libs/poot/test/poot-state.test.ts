import type { Block, SignedHeader } from '@lucid/ledger';
import { describe, expect, it } from 'vitest';
import { createPootState, restorePootState, tallyOf } from '../src/index.ts';
import {
  beacon,
  blockAfter,
  EPOCH,
  FIRST_SLOT,
  genesisOf,
  keyOf,
  type NextInput,
  names,
  relay,
  throughJson,
  unsignedTx,
} from './support.ts';

const NEXT = FIRST_SLOT + 720;

/** A state with a way to append blocks to its chain. */
function aChain(validators: number, slot = FIRST_SLOT) {
  const genesis = genesisOf(validators, slot);
  const state = createPootState(genesis);
  const blocks: Block[] = [genesis];
  let tip: SignedHeader = genesis;
  const append = (input: NextInput) => {
    const block = blockAfter(tip, input);
    tip = block;
    blocks.push(block);
    return state.fold(block);
  };
  return { genesis, state, blocks, append };
}

/** Work enough to be eligible from the next epoch on: 1008 beacons in two days, and `credits`. */
function work(
  append: (input: NextInput) => unknown,
  from: number,
  credits: Readonly<Record<string, number>>,
) {
  const entries = Object.entries(credits);
  const keyOfName = (name: string) => keyOf(Number(name.slice(1)));
  for (let slot = from; slot < from + 1008; slot++) {
    append({ slot, transactions: entries.map(([name]) => unsignedTx(beacon(name, slot), keyOfName(name))) });
  }
  const slot = from + 1008;
  append({
    slot,
    transactions: entries.map(([name, n]) => unsignedTx(relay(name, slot, n), keyOfName(name))),
  });
}

describe('the state of a chain', () => {
  it('begins with turns, and follows the tally from the slot after the one that confirms it', () => {
    const { state, append } = aChain(3);
    expect(state.leadersOf(FIRST_SLOT)).toMatchObject({ basis: 'bootstrap', primary: 'v01' });
    work(append, FIRST_SLOT, { v02: 10, v03: 20 });
    const start = FIRST_SLOT + 2 * 720;
    const due = state.tallyDue(start);
    expect(due).toMatchObject({
      epoch: EPOCH + 2,
      entries: [
        { entity_id: 'v03', eligible: true, uptime_millionths: 200_000, live_millionths: 4_000_000 },
        { entity_id: 'v02', eligible: true, uptime_millionths: 200_000, live_millionths: 2_000_000 },
      ],
    });
    expect(state.leadersOf(start)).toMatchObject({ basis: 'bootstrap', primary: 'v01' });
    const outcome = append({ slot: start, transactions: [unsignedTx({ ...due }, keyOf(1))] });
    expect(outcome).toMatchObject({ tally: due, refused: [] });
    // In this slot its leaders keep the floor.
    expect(state.leadersOf(start)).toMatchObject({ basis: 'bootstrap', primary: 'v01' });
    expect(state.tallyInForce(start)).toBeUndefined();
    expect(state.leadersOf(start + 1)).toMatchObject({
      basis: 'tally',
      tally_epoch: EPOCH + 2,
      primary: 'v03',
      fallbacks: ['v02', 'v01'],
    });
    // n = 2: a winner rests for one slot.
    append({ slot: start + 1, validator: 'v03' });
    expect(state.leadersOf(start + 1).primary).toBe('v03');
    expect(state.leadersOf(start + 2).primary).toBe('v02');
    append({ slot: start + 2, validator: 'v02' });
    expect(state.leadersOf(start + 3).primary).toBe('v03');
  });

  it('keeps the former tally in force until the new one is on the chain, and owes one value all through the epoch', () => {
    const { state, append } = aChain(2);
    append({ slot: FIRST_SLOT, transactions: [unsignedTx(relay('v01', FIRST_SLOT, 3), keyOf(1))] });
    const due = state.tallyDue(NEXT);
    append({ slot: NEXT, transactions: [unsignedTx({ ...due }, keyOf(2))] });
    expect(state.tallyDue(NEXT)).toBeUndefined();
    const second = state.tallyDue(NEXT + 720);
    // Blocks without it, with proofs for both days: late ones for yesterday and new ones for today.
    append({ slot: NEXT + 720, transactions: [unsignedTx(relay('v02', NEXT + 719, 9), keyOf(2))] });
    append({ slot: NEXT + 721, transactions: [unsignedTx(relay('v02', NEXT + 720, 9), keyOf(2))] });
    expect(state.tallyInForce(NEXT + 722)).toEqual(due);
    expect(state.tallyDue(NEXT + 1439)).toEqual(second);
    append({ slot: NEXT + 722, transactions: [unsignedTx({ ...second }, keyOf(1))] });
    expect(state.tallyInForce(NEXT + 722)).toEqual(due);
    expect(state.tallyInForce(NEXT + 723)).toEqual(second);
  });

  it('owes no tally while nobody has done anything, and one more when the last work has aged', () => {
    const { state, append } = aChain(2);
    append({ slot: FIRST_SLOT });
    expect(state.tallyDue(NEXT)).toBeUndefined();
    append({ slot: NEXT, transactions: [unsignedTx(relay('v01', NEXT, 3), keyOf(1))] });
    const later = (days: number) => NEXT + days * 720;
    append({ slot: later(1), transactions: [unsignedTx({ ...state.tallyDue(later(1)) }, keyOf(1))] });
    expect(state.tallyDue(later(7))?.entries).toHaveLength(1);
    const empty = state.tallyDue(later(8));
    expect(empty?.entries).toEqual([]);
    append({ slot: later(8), transactions: [unsignedTx({ ...empty }, keyOf(1))] });
    expect(state.tallyInForce(later(8) + 1)).toEqual(empty);
    expect(state.tallyDue(later(9))).toBeUndefined();
  });

  it('counts what came after the tally was asked for, and owes none for slots that have passed', () => {
    const { state, append } = aChain(2);
    append({ slot: FIRST_SLOT + 3, transactions: [unsignedTx(relay('v01', FIRST_SLOT + 3, 3), keyOf(1))] });
    expect(state.tallyDue(NEXT)?.entries).toHaveLength(1);
    append({ slot: FIRST_SLOT + 4, transactions: [unsignedTx(relay('v02', FIRST_SLOT + 4, 3), keyOf(2))] });
    expect(state.tallyDue(NEXT)?.entries).toHaveLength(2);
    append({ slot: NEXT + 1 });
    expect(state.tallyDue(NEXT)).toBeUndefined();
    expect(state.tallyDue(NEXT + 1)?.entries).toHaveLength(2);
  });

  it('lets each of seventeen lead once in seventeen slots', () => {
    const { genesis, state, append } = aChain(17);
    work(append, FIRST_SLOT, Object.fromEntries(names(17).map((name, i) => [name, 100 - i])));
    const start = FIRST_SLOT + 2 * 720;
    append({ slot: start, transactions: [unsignedTx({ ...state.tallyDue(start) }, keyOf(1))] });
    const led = [];
    for (let slot = start + 1; slot <= start + 34; slot++) {
      const { primary } = restorePootState(genesis, state.snapshot()).leadersOf(slot);
      append({ slot, validator: primary });
      led.push(primary);
    }
    // v01 led the slot before, that of the tally.
    const round = [...names(17).slice(1), 'v01'];
    expect(led).toEqual([...round, ...round]);
  });

  it('seeds the tie-break with the block that was final when the epoch began', () => {
    const { state, append, blocks } = aChain(2);
    for (let i = 0; i < 10; i++) {
      const transactions = ['v01', 'v02'].map((name, k) =>
        unsignedTx(relay(name, FIRST_SLOT + i, 1), keyOf(k + 1)),
      );
      append({ slot: FIRST_SLOT + i, transactions });
    }
    // The tip has height 10; the block with six successors has height 4.
    const seed = blocks[4]?.hash ?? '';
    const proofs = blocks.flatMap(({ transactions }) =>
      transactions.flatMap(({ data }) =>
        data.kind === 'task_proof' ? [data as ReturnType<typeof relay>] : [],
      ),
    );
    const expected = tallyOf({ epoch: EPOCH + 1, seed, proofs });
    expect(expected.entries).toHaveLength(2);
    expect(state.fullTally(NEXT)).toEqual(expected);
    for (let i = 0; i < 8; i++) append({ slot: NEXT + i });
    expect(state.fullTally(NEXT + 8)).toEqual(expected);
  });

  it('says what came of the slots that a block closes', () => {
    const { append } = aChain(3);
    expect(append({ slot: FIRST_SLOT + 2, validator: 'v02', fallbackIndex: 1 })).toMatchObject({
      missed: { from: FIRST_SLOT + 1, to: FIRST_SLOT + 1 },
    });
    expect(append({ slot: FIRST_SLOT + 2, validator: 'v02', fallbackIndex: 1 }).closed).toBeUndefined();
    const outcome = append({ slot: FIRST_SLOT + 3 });
    expect(outcome.closed).toEqual({ slot: FIRST_SLOT + 2, winner: 'v02', reason: 'fallback_1' });
    expect(outcome.missed).toBeUndefined();
  });

  it('names the leader of every view and lets nobody else lead', () => {
    const { state, append } = aChain(3);
    append({ slot: FIRST_SLOT + 5 });
    const slot = FIRST_SLOT + 6; // 72006 mod 3 = 0
    const leaders = [0, 1, 2, 3].map((k) => state.leaderOfView(slot * 4 + k));
    expect(leaders).toEqual(['v01', 'v02', 'v03', undefined]);
    expect(state.mayLead({ slot, fallback_index: 1, validator: 'v02' })).toBe(true);
    expect(state.mayLead({ slot, fallback_index: 0, validator: 'v02' })).toBe(false);
    expect(state.mayLead({ slot, fallback_index: 3, validator: 'v01' })).toBe(false);
    expect(state.mayLead({ slot: slot - 2, fallback_index: 0, validator: 'v02' })).toBe(false);
    expect(() => state.leadersOf(slot - 2)).toThrow(expect.objectContaining({ code: 'slot_passed' }));
  });

  it('refuses a block that does not follow, and is then as before', () => {
    const { state, append, genesis } = aChain(2);
    append({ slot: FIRST_SLOT + 1 });
    const before = state.snapshot();
    const orphan = blockAfter(genesis, { slot: FIRST_SLOT + 2 });
    const past = { ...blockAfter(genesis, { slot: FIRST_SLOT }) };
    const back = { ...past, header: { ...past.header, height: 2, previous_hash: state.tip.hash } };
    for (const block of [orphan, back]) {
      expect(() => state.fold(block)).toThrow(expect.objectContaining({ code: 'not_next' }));
    }
    expect(state.snapshot()).toEqual(before);
  });

  it('takes in a block whatever lies in it, and says what did not hold', () => {
    const { state, append } = aChain(2);
    const bad = unsignedTx(relay('nobody', FIRST_SLOT, 1), keyOf(1));
    const good = unsignedTx(relay('v01', FIRST_SLOT, 1), keyOf(1));
    const outcome = append({ slot: FIRST_SLOT, transactions: [bad, good] });
    expect(outcome.refused).toMatchObject([{ index: 0, tx_id: bad.tx_id, fault: 'node_unknown' }]);
    expect(outcome.proofs).toEqual([good.data]);
    expect(state.fullTally(NEXT).entries).toHaveLength(1);
  });

  it('lists the validators and the registered nodes', () => {
    const { state, append } = aChain(2);
    const data = {
      kind: 'node_registration',
      node_id: 'a-node',
      public_key: keyOf(9).publicKey,
      pool_id: 'p',
    };
    expect(append({ slot: FIRST_SLOT, transactions: [unsignedTx(data, keyOf(2))] }).registered).toEqual([
      data,
    ]);
    expect(state.nodes().map(({ node_id }) => node_id)).toEqual(['v01', 'v02', 'a-node']);
    expect(state.node('a-node')).toEqual({ node_id: 'a-node', public_key: keyOf(9).publicKey, pool_id: 'p' });
  });

  it('never misses two slots in a row with five of sixteen validators dead, all at the head of the ranks', () => {
    const { genesis, state, append } = aChain(16);
    work(append, FIRST_SLOT, Object.fromEntries(names(16).map((name, i) => [name, 100 - i])));
    const start = FIRST_SLOT + 2 * 720;
    append({ slot: start, transactions: [unsignedTx({ ...state.tallyDue(start) }, keyOf(1))] });
    const dead = new Set(names(5));
    let missedInARow = 0;
    for (let slot = start + 1; slot < start + 200; slot++) {
      const views = [0, 1, 2, 3].map((k) => ({ k, leader: state.leaderOfView(slot * 4 + k) ?? '' }));
      const first = views.find(({ leader }) => !dead.has(leader));
      missedInARow = first ? 0 : missedInARow + 1;
      expect(missedInARow).toBeLessThan(2);
      if (!first) continue;
      append({ slot, validator: first.leader, fallbackIndex: first.k });
      // The floor is the same for the rest of the slot, for those who have just come from a snapshot too.
      const restored = restorePootState(genesis, throughJson(state.snapshot()));
      expect(views.map(({ k }) => restored.leaderOfView(slot * 4 + k))).toEqual(
        views.map(({ leader }) => leader),
      );
    }
  });
});

describe('a snapshot', () => {
  it('of another chain or shape is refused', () => {
    const { genesis, state } = aChain(2);
    const snapshot = state.snapshot();
    expect(restorePootState(genesis, snapshot).snapshot()).toEqual(snapshot);
    for (const bad of [
      undefined,
      {},
      { ...snapshot, version: 2 },
      { ...snapshot, genesis_hash: 'ab'.repeat(32) },
    ]) {
      expect(() => restorePootState(genesis, bad)).toThrow(expect.objectContaining({ code: 'bad_snapshot' }));
    }
    expect(() => restorePootState(genesisOf(3), snapshot)).toThrow(
      expect.objectContaining({ code: 'bad_snapshot' }),
    );
  });

  it('needs a genesis block to be one of', () => {
    const { genesis } = aChain(2);
    const forged = { ...genesis, header: { ...genesis.header, validator: 'v02' } };
    expect(() => createPootState(forged)).toThrow(expect.objectContaining({ code: 'bad_genesis' }));
  });
});
