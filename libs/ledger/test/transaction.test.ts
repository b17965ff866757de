import { describe, expect, it } from 'vitest';
import {
  signTransaction,
  type Transaction,
  txHash,
  verifySubmission,
  verifyTransaction,
} from '../src/index.ts';
import { anchorData, aTransaction, checkpointData, keyA, keyB, uuid } from './support.ts';

const faultsOf = (tx: unknown) => verifyTransaction(tx).faults.map(({ fault }) => fault);
const SIGNED_MS = Date.parse('2026-01-02T03:04:05.678Z');

describe('transaction', () => {
  // Computed with Python's hashlib, json and cryptography.
  it('has the known hash and signature', () => {
    const tx = signTransaction(
      {
        tx_id: uuid(1),
        type: 'data_storage',
        data: { text: 'grüße', n: [1, 2.5] },
        timestamp: '2026-01-02T03:04:05.678Z',
      },
      keyA,
    );
    expect(txHash(tx)).toBe('def32d187f05b114a8c13fe8a524a1f380da32cd94b8db82382a1efe5b1de5a7');
    expect(tx.signature).toBe(
      'c4b5855d064af0e40158a873d9002d750da9b97d14984a76a71d3102ae6dae77' +
        '23d6dad1c5b717485c44a37da5a6faf172aaaf29d3d3973147980fff2761e50e',
    );
  });

  it('verifies after a round through JSON', () => {
    const tx = aTransaction();
    expect(verifyTransaction(JSON.parse(JSON.stringify(tx)))).toEqual({
      valid: true,
      txHash: txHash(tx),
      faults: [],
    });
  });

  const tx = aTransaction();
  it.each<[string, Partial<Transaction>]>([
    ['id', { tx_id: uuid(2) }],
    ['type', { type: 'system' }],
    ['data', { data: { n: 2 } }],
    ['more data', { data: { n: 1, m: 1 } }],
    ['key', { public_key: keyB.publicKey }],
    ['time', { timestamp: '2026-01-02T03:04:05.679Z' }],
    ['signature', { signature: aTransaction(2).signature }],
  ])('does not verify with another %s', (_what, over) => {
    expect(faultsOf({ ...tx, ...over })).toEqual(['signature']);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a missing field', { ...tx, signature: undefined }],
    ['an extra field', { ...tx, fee: 0 }],
    ['an unknown type', { ...tx, type: 'payout' }],
    ['an upper-case key', { ...tx, public_key: tx.public_key.toUpperCase() }],
    ['a long signature', { ...tx, signature: `${tx.signature}00` }],
    ['data that is a list', { ...tx, data: [] }],
    ['another spelling of the time', { ...tx, timestamp: '2026-01-02T03:04:05Z' }],
  ])('refuses the structure of %s', (_what, candidate) => {
    expect(faultsOf(candidate)).toEqual(['structure']);
  });

  it('refuses data without a canonical form, oversized data and unreal days', () => {
    expect(faultsOf({ ...tx, data: { n: Number.NaN } })).toEqual(['not_canonical']);
    expect(faultsOf(aTransaction(1, { data: { text: 'x'.repeat(100 * 1024 - 11) } }))).toEqual([]);
    expect(faultsOf(aTransaction(1, { data: { text: 'x'.repeat(100 * 1024 - 10) } }))).toEqual([
      'data_too_large',
    ]);
    expect(faultsOf(aTransaction(1, { timestamp: '2026-02-30T00:00:00.000Z' }))).toEqual(['timestamp']);
  });

  it('holds an anchor to its schema, so nothing personal gets on the chain', () => {
    const anchor = (data: object) => faultsOf(aTransaction(1, { type: 'session_anchor', data: { ...data } }));
    expect(anchor(anchorData)).toEqual([]);
    expect(anchor({ ...anchorData, manifest_public_key: keyA.publicKey })).toEqual([]);
    expect(anchor({ ...anchorData, owner_name: 'Ada' })).toEqual(['data']);
    expect(anchor({ ...anchorData, chunk_count: '3' })).toEqual(['data']);
  });

  it('lets an anchor name its checkpoints by count and last hash, and nothing else', () => {
    const anchor = (checkpoints: unknown) =>
      faultsOf(aTransaction(1, { type: 'session_anchor', data: { ...anchorData, checkpoints } }));
    expect(anchor({ count: 1, last: 'ab'.repeat(32) })).toEqual([]);
    expect(anchor({ count: 0, last: 'ab'.repeat(32) })).toEqual(['data']);
    expect(anchor({ count: 1 })).toEqual(['data']);
    expect(anchor({ count: 1, last: 'ab'.repeat(32), owner_name: 'Ada' })).toEqual(['data']);
  });

  it('holds a checkpoint to its schema, and leaves stored data of other kinds alone', () => {
    const stored = (data: object) => faultsOf(aTransaction(1, { data: { ...data } }));
    expect(stored(checkpointData)).toEqual([]);
    expect(stored({ ...checkpointData, sequence: 0 })).toEqual(['data']);
    expect(stored({ ...checkpointData, chunk_count: -1 })).toEqual(['data']);
    expect(stored({ ...checkpointData, previous: null })).toEqual(['data']);
    expect(stored({ ...checkpointData, owner_name: 'Ada' })).toEqual(['data']);
    expect(stored({ kind: 'session_note', owner_name: 'Ada' })).toEqual([]);
  });

  it('is accepted for an hour after it was signed, and five minutes before', () => {
    const hour = 3_600_000;
    const at = (nowMs: number) => verifySubmission(tx, nowMs).faults.map(({ fault }) => fault);
    expect(at(SIGNED_MS)).toEqual([]);
    expect(at(SIGNED_MS + hour)).toEqual([]);
    expect(at(SIGNED_MS + hour + 1)).toEqual(['too_old']);
    expect(at(SIGNED_MS - 300_000)).toEqual([]);
    expect(at(SIGNED_MS - 300_001)).toEqual(['too_new']);
    expect(verifySubmission({ ...tx, data: {} }, SIGNED_MS).faults[0]?.fault).toBe('signature');
  });
});
