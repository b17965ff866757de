import { signTransaction } from '@lucid/ledger';
import { describe, expect, it } from 'vitest';
import { createPootState, type SystemFaultCode } from '../src/index.ts';
import {
  beacon,
  blockAfter,
  EPOCH,
  FIRST_SLOT,
  genesisOf,
  keyOf,
  ranked,
  relay,
  systemTx,
  unsignedTx,
  uuid,
} from './support.ts';

const SLOT = FIRST_SLOT + 10;
const [v1, v2, nodeKey, stranger] = [keyOf(1), keyOf(2), keyOf(50), keyOf(60)];
const genesis = genesisOf(2);
const registration = { kind: 'node_registration', node_id: 'node-1', public_key: nodeKey.publicKey };

/** Two validators, the node `node-1` of the pool `p`, one beacon of it for SLOT; the tip lies in SLOT. */
function aState() {
  const state = createPootState(genesis);
  state.fold(
    blockAfter(genesis, {
      slot: SLOT,
      transactions: [
        systemTx({ ...registration, pool_id: 'p' }, v1),
        systemTx({ ...beacon('node-1', SLOT), pool_id: 'p' }, nodeKey),
      ],
    }),
  );
  return state;
}

const [ENTRY] = ranked(['v01']);

/** Unsigned, since what has no canonical form cannot be signed but can be judged. */
const faultOf = (data: Record<string, unknown>, key = nodeKey, slot = SLOT) => {
  const verdict = aState().judgeSystemTransaction(unsignedTx(data, key), slot);
  return verdict.valid ? 'valid' : verdict.fault;
};
const ofNode = (slot: number) => ({ ...relay('node-1', slot, 1), pool_id: 'p' });

describe('a task proof', () => {
  it('holds when it comes from a registered node for a slot near its block', () => {
    for (const distance of [-2, -1, 0, 1, 2]) expect(faultOf(ofNode(SLOT + distance))).toBe('valid');
    expect(faultOf({ ...relay('v02', SLOT, 1) }, v2)).toBe('valid');
    const verdict = aState().judgeSystemTransaction(systemTx(ofNode(SLOT), nodeKey), SLOT);
    expect(verdict).toEqual({ valid: true, payload: ofNode(SLOT) });
  });

  it.each<[SystemFaultCode, Record<string, unknown>]>([
    ['shape', { ...ofNode(SLOT), value: {} }],
    ['shape', { ...ofNode(SLOT), value: { bytes_transferred: -1 } }],
    ['shape', { ...ofNode(SLOT), value: { bytes_transferred: 1.5 } }],
    ['shape', { ...ofNode(SLOT), value: { bytes_transferred: 2 ** 53 } }],
    ['shape', { ...ofNode(SLOT), value: { validated_sessions: 1 } }],
    ['shape', { ...ofNode(SLOT), type: 'mining', value: {} }],
    ['shape', { ...ofNode(SLOT), reward: 1 }],
    ['shape', { ...ofNode(SLOT), slot: -1 }],
    ['shape', { ...beacon('node-1', SLOT, 121), pool_id: 'p' }],
    ['node_unknown', relay('node-2', SLOT, 1)],
    ['node_pool', relay('node-1', SLOT, 1)],
    ['node_pool', { ...ofNode(SLOT), pool_id: 'v01' }],
    ['slot_distance', ofNode(SLOT - 3)],
    ['slot_distance', ofNode(SLOT + 3)],
    ['proof_repeated', { ...beacon('node-1', SLOT, 5), pool_id: 'p' }],
  ])('is refused for %s', (fault, data) => {
    expect(faultOf(data)).toBe(fault);
  });

  it('is told what is wrong with its shape, by its type', () => {
    const detailOf = (data: Record<string, unknown>) =>
      aState().judgeSystemTransaction(unsignedTx(data, nodeKey), SLOT);
    expect(detailOf(beacon('node-1', SLOT, 121))).toMatchObject({
      detail: '/value/uptime_seconds must be <= 120',
    });
    expect(detailOf({ ...ofNode(SLOT), type: 'mining' })).toMatchObject({
      detail: expect.stringMatching(/^\/type must be one of relay_bandwidth, /),
    });
  });

  it('is refused when it is signed with another key than the node’s, a validator’s included', () => {
    expect(faultOf(ofNode(SLOT), stranger)).toBe('node_key');
    expect(faultOf(ofNode(SLOT), v1)).toBe('node_key');
  });

  it('may claim 120 seconds of uptime at most', () => {
    expect(faultOf({ ...beacon('node-1', SLOT + 1, 120), pool_id: 'p' })).toBe('valid');
  });

  it('may follow one of another type, slot or node', () => {
    expect(faultOf({ ...beacon('node-1', SLOT + 1), pool_id: 'p' })).toBe('valid');
    expect(faultOf(beacon('v01', SLOT), v1)).toBe('valid');
  });

  it('is known as repeated beside others of its node and slot, and as long as it could be sent again', () => {
    const state = createPootState(genesis);
    const proofs = [beacon('v01', SLOT), relay('v01', SLOT, 1)];
    const transactions = proofs.map((proof) => systemTx(proof, v1));
    let tip = blockAfter(genesis, { slot: SLOT, transactions });
    state.fold(tip);
    for (const slot of [SLOT + 1, SLOT + 2]) {
      tip = blockAfter(tip, { slot });
      state.fold(tip);
      for (const again of transactions) {
        expect(state.judgeSystemTransaction(again, slot)).toMatchObject({ fault: 'proof_repeated' });
      }
    }
  });

  it('is still known as repeated two slots later, when it could be sent again', () => {
    const state = aState();
    const again = systemTx({ ...beacon('node-1', SLOT), pool_id: 'p' }, nodeKey);
    expect(state.judgeSystemTransaction(again, SLOT + 2)).toMatchObject({ fault: 'proof_repeated' });
    expect(state.judgeSystemTransaction(again, SLOT + 3)).toMatchObject({ fault: 'slot_distance' });
  });
});

describe('a node registration', () => {
  const of = (over: object) => ({
    ...registration,
    node_id: 'node-2',
    public_key: stranger.publicKey,
    ...over,
  });

  it('holds when a validator signed it', () => {
    expect(faultOf(of({}), v2)).toBe('valid');
    expect(faultOf(of({ pool_id: 'p' }), v2)).toBe('valid');
    expect(faultOf(of({ pool_id: 'v02' }), v2)).toBe('valid');
  });

  it.each<[SystemFaultCode, Record<string, unknown>]>([
    ['shape', of({ public_key: 'ab' })],
    ['shape', of({ node_id: '' })],
    ['node_known', of({ node_id: 'node-1' })],
    ['node_known', of({ node_id: 'v01' })],
    ['key_taken', of({ public_key: nodeKey.publicKey })],
    ['key_taken', of({ public_key: v2.publicKey })],
    ['not_a_validator', of({ pool_id: 'v02' })],
  ])('is refused for %s', (fault, data) => {
    expect(faultOf(data, v1)).toBe(fault);
  });

  it('is refused from anybody else, other nodes and the node itself included', () => {
    expect(faultOf(of({}), nodeKey)).toBe('not_a_validator');
    expect(faultOf(of({}), stranger)).toBe('not_a_validator');
  });
});

describe('a tally', () => {
  const next = FIRST_SLOT + 720;
  const due = aState().tallyDue(next);

  it('holds when it is the one that is due', () => {
    expect(due?.epoch).toBe(EPOCH + 1);
    expect(faultOf({ ...due }, v2, next + 5)).toBe('valid');
  });

  it('is refused when anything in it differs from what the proofs come to', () => {
    expect(faultOf({ ...due, hash: 'ab'.repeat(32) }, v1, next)).toBe('tally_differs');
    expect(faultOf({ ...due, entries: [ENTRY] }, v1, next)).toBe('tally_differs');
    expect(faultOf({ ...due, entries: [{ ...ENTRY, entity_id: '\ud800' }] }, v1, next)).toBe('tally_differs');
  });

  it('is refused for another epoch, from strangers, in a strange shape, and where none is due', () => {
    expect(faultOf({ ...due, epoch: EPOCH }, v1, next)).toBe('tally_epoch');
    expect(faultOf({ ...due }, v1, next + 720)).toBe('tally_epoch');
    expect(faultOf({ ...due }, nodeKey, next)).toBe('not_a_validator');
    expect(faultOf({ ...due, entries: 1 }, v1, next)).toBe('shape');
    expect(faultOf({ ...due, epoch: EPOCH }, v1, SLOT)).toBe('tally_not_due');
  });
});

describe('a system transaction', () => {
  it('of no known kind is refused, the genesis among them', () => {
    expect(faultOf({ kind: 'genesis' })).toBe('kind_unknown');
    expect(faultOf({})).toBe('kind_unknown');
  });

  it('is refused for a block before the tip', () => {
    expect(faultOf(ofNode(SLOT - 1), nodeKey, SLOT - 1)).toBe('slot_passed');
  });

  it('of another type is none: it holds whatever it carries', () => {
    const draft = { tx_id: uuid(1), type: 'data_storage' as const, timestamp: '2026-01-02T03:04:05.678Z' };
    const other = signTransaction({ ...draft, data: { kind: 'task_proof' } }, stranger);
    expect(aState().judgeSystemTransaction(other, SLOT)).toEqual({ valid: true });
  });
});

describe('the judge of a block', () => {
  it('counts what it accepted for the transactions after it, and for nothing else', () => {
    const state = aState();
    const { judge } = state.openBlock(SLOT);
    const key = keyOf(70);
    const register = systemTx(
      { kind: 'node_registration', node_id: 'node-3', public_key: key.publicKey },
      v1,
    );
    const proof = systemTx(relay('node-3', SLOT, 1), key);
    expect(judge(proof)).toMatchObject({ fault: 'node_unknown' });
    expect(judge(register)).toMatchObject({ valid: true });
    expect(judge(register)).toMatchObject({ fault: 'node_known' });
    expect(judge(proof)).toMatchObject({ valid: true });
    expect(judge(systemTx(relay('node-3', SLOT, 2), key))).toMatchObject({ fault: 'proof_repeated' });
    expect(state.judgeSystemTransaction(proof, SLOT)).toMatchObject({ fault: 'node_unknown' });
    expect(state.openBlock(SLOT).judge(register)).toMatchObject({ valid: true });
  });

  it('takes one tally', () => {
    const state = aState();
    const tally = systemTx({ ...state.tallyDue(FIRST_SLOT + 720) }, v1);
    const { judge } = state.openBlock(FIRST_SLOT + 720);
    expect(judge(tally)).toMatchObject({ valid: true });
    expect(judge(tally)).toMatchObject({ fault: 'tally_not_due' });
  });
});
