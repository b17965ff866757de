import { describe, expect, it } from 'vitest';
import {
  type Block,
  type BlockHeader,
  type BlockRules,
  blockHash,
  genesisBlock,
  LedgerError,
  MAX_TRANSACTIONS_PER_BLOCK,
  nextBlock,
  nextHeader,
  signBlock,
  type Transaction,
  verifyBlock,
  ZERO_HASH,
} from '../src/index.ts';
import { anchorData, aTransaction, CONFIG, keyA, keyB } from './support.ts';

const genesis = genesisBlock(CONFIG);
const NOW = Date.parse('2026-01-02T03:04:10.000Z');
const rules: BlockRules = {
  nowMs: NOW,
  publicKeyOf: (validator) => CONFIG.validators.find((entry) => entry.validator === validator)?.public_key,
};
const blockOf = (transactions: Transaction[], parent: Block = genesis, timestampMs = NOW) =>
  nextBlock({ parent, transactions, timestampMs, validator: 'node-a', key: keyA });
const block = blockOf([aTransaction(1), aTransaction(2), aTransaction(3)]);
const resigned = (over: Partial<BlockHeader>, transactions = block.transactions) =>
  signBlock({ ...block.header, ...over }, transactions, keyA);
const failedChecks = (candidate: unknown, over: Partial<BlockRules> = {}, parent: Block = genesis) =>
  verifyBlock(candidate, parent, { ...rules, ...over }).errors.map(({ check }) => check);

describe('block', () => {
  it('verifies after a round through JSON, with every check named and true', () => {
    const verdict = verifyBlock(JSON.parse(JSON.stringify(block)), genesis, rules);
    const { valid, errors, ...checks } = verdict;
    expect({ valid, errors }).toEqual({ valid: true, errors: [] });
    expect(new Set(Object.values(checks))).toEqual(new Set([true]));
    expect(Object.keys(checks)).toHaveLength(12);
  });

  it('follows its parent', () => {
    const second = blockOf([], block, NOW + 5000);
    expect(second.header).toMatchObject({
      height: 2,
      previous_hash: block.hash,
      genesis_hash: genesis.hash,
      slot: 527132,
      epoch: 732,
    });
    expect(failedChecks(second, {}, block)).toEqual([]);
  });

  it('has 64 zeros as root when it is empty', () => {
    expect(blockOf([]).header.merkle_root).toBe(ZERO_HASH);
    expect(failedChecks(blockOf([]))).toEqual([]);
  });

  it.each<[string, Block, string[]]>([
    ['height', resigned({ height: 2 }), ['height_valid']],
    ['parent', resigned({ previous_hash: ZERO_HASH }), ['previous_hash_valid']],
    ['chain', resigned({ genesis_hash: ZERO_HASH }), ['genesis_hash_valid']],
    ['slot', resigned({ slot: block.header.slot + 1 }), ['slot_valid']],
    ['epoch', resigned({ epoch: 0 }), ['slot_valid']],
    ['root', resigned({ merkle_root: ZERO_HASH }), ['merkle_root_valid']],
    ['count', resigned({ transaction_count: 2 }), ['structure_valid']],
    ['order', resigned({}, block.transactions.toReversed()), ['merkle_root_valid']],
    ['validator without the key', resigned({ validator: 'node-b' }), ['signature_valid']],
    ['unknown validator', resigned({ validator: 'node-x' }), ['signature_valid']],
    ['signer', signBlock(block.header, block.transactions, keyB), ['signature_valid']],
    ['signature', { ...block, signature: '00'.repeat(64) }, ['signature_valid']],
    ['hash', { ...block, hash: ZERO_HASH }, ['hash_valid', 'signature_valid']],
    ['unsigned header field', { ...block, header: { ...block.header, fallback_index: 1 } }, ['hash_valid']],
    ['day', resigned({ timestamp: '2026-02-30T00:00:00.000Z' }), ['timestamp_valid', 'slot_valid']],
  ])('fails by name with another %s', (_what, candidate, checks) => {
    expect(failedChecks(candidate)).toEqual(checks);
  });

  it('has to be later than its parent and at most 30 s ahead', () => {
    expect(failedChecks(blockOf([], genesis, Date.parse(CONFIG.created_at)))).toEqual(['timestamp_valid']);
    expect(failedChecks(block, { nowMs: NOW - 30_000 })).toEqual([]);
    expect(failedChecks(block, { nowMs: NOW - 30_001 })).toEqual(['timestamp_valid']);
  });

  it('is refused from one who may not lead', () => {
    expect(failedChecks(block, { mayLead: (header) => header.validator !== 'node-a' })).toEqual([
      'leader_valid',
    ]);
  });

  it('is refused with a bad, repeated, known or second genesis transaction', () => {
    const forged = { ...aTransaction(4), data: { n: 5 } };
    expect(failedChecks(blockOf([aTransaction(1), forged]))).toEqual(['transactions_valid']);
    expect(failedChecks(blockOf([aTransaction(1), aTransaction(1)]))).toEqual(['transactions_valid']);
    expect(failedChecks(block, { isOnChain: (id) => id === aTransaction(2).tx_id })).toEqual([
      'transactions_valid',
    ]);
    const second = aTransaction(9, { type: 'system', data: { kind: 'genesis' } });
    expect(failedChecks(blockOf([second]))).toEqual(['transactions_valid']);
  });

  it('skips a signature only when exactly that one was verified before', () => {
    const tx = aTransaction(1);
    const isVerified = (_hash: string, signature: string) => signature === tx.signature;
    expect(failedChecks(blockOf([tx]), { isVerified })).toEqual([]);
    expect(failedChecks(blockOf([{ ...tx, signature: '00'.repeat(64) }]), { isVerified })).toEqual([
      'transactions_valid',
    ]);
  });

  it('holds at most 1000 transactions, 100 anchors and 1 MiB', () => {
    const many = Array.from({ length: 1001 }, (_, i) => aTransaction(i));
    expect(failedChecks(blockOf(many.slice(1)))).toEqual([]);
    expect(failedChecks(blockOf(many))).toEqual(['size_valid']);
    const noChainHoldsThem = Array.from({ length: MAX_TRANSACTIONS_PER_BLOCK + 1 }, () => aTransaction());
    expect(() =>
      nextHeader({ parent: genesis, transactions: noChainHoldsThem, timestampMs: NOW, validator: 'node-a' }),
    ).toThrow(LedgerError);
    const anchors = Array.from({ length: 101 }, (_, i) =>
      aTransaction(i, { type: 'session_anchor', data: anchorData }),
    );
    expect(failedChecks(blockOf(anchors.slice(1)))).toEqual([]);
    expect(failedChecks(blockOf(anchors))).toEqual(['size_valid']);
    const large = Array.from({ length: 11 }, (_, i) =>
      aTransaction(i, { data: { text: 'x'.repeat(100_000) } }),
    );
    expect(failedChecks(blockOf(large))).toEqual(['size_valid']);
  });

  it('is nothing at all without the right structure', () => {
    for (const candidate of [
      null,
      {},
      { ...block, extra: 1 },
      { ...block, header: { ...block.header, nonce: 1 } },
    ]) {
      const { valid, errors, ...checks } = verifyBlock(candidate, genesis, rules);
      expect([valid, errors[0]?.check]).toEqual([false, 'structure_valid']);
      expect(Object.values(checks)).not.toContain(true);
    }
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    const endless = { ...block, transactions: [{ ...aTransaction(1), data: loop }] };
    expect(failedChecks(endless)).toEqual(['structure_valid']);
  });

  it('has a hash over every header field', () => {
    for (const field of Object.keys(block.header)) {
      expect(blockHash({ ...block.header, [field]: 'changed' })).not.toBe(block.hash);
    }
  });
});
