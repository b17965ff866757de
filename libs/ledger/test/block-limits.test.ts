import { describe, expect, it } from 'vitest';
import {
  type Block,
  type BlockLimits,
  DEFAULT_BLOCK_LIMITS,
  type GenesisConfig,
  genesisBlock,
  LedgerError,
  limitsOf,
  MAX_BLOCK_BYTES,
  MAX_TRANSACTIONS_PER_BLOCK,
  nextBlock,
  type Transaction,
  verifyBlock,
  verifyGenesis,
} from '../src/index.ts';
import { anchorData, aTransaction, CONFIG, keyA } from './support.ts';

const LIMITS: BlockLimits = { max_block_bytes: 2 * 1024 * 1024, max_transactions: 1500, max_anchors: 3 };
const NOW = Date.parse('2026-01-02T03:05:00.000Z');
const chain = genesisBlock({ ...CONFIG, limits: LIMITS });

const judged = (transactions: readonly Transaction[], limits?: BlockLimits): string[] => {
  const block: Block = nextBlock({
    parent: chain,
    transactions,
    timestampMs: NOW,
    validator: 'node-a',
    key: keyA,
  });
  const verdict = verifyBlock(block, chain, {
    nowMs: NOW,
    publicKeyOf: () => keyA.publicKey,
    isVerified: () => true,
    ...(limits ? { limits } : {}),
  });
  return verdict.errors.map(({ check }) => check);
};

describe('limits of blocks', () => {
  it('are 1 MiB, 1,000 transactions and 100 anchors where the genesis block is silent', () => {
    const verdict = verifyGenesis(genesisBlock(CONFIG));
    if (!verdict.valid) throw new Error(verdict.detail);
    expect('limits' in verdict.data).toBe(false);
    expect(limitsOf(verdict.data)).toEqual({
      max_block_bytes: 1_048_576,
      max_transactions: 1000,
      max_anchors: 100,
    });
  });

  it('are part of the genesis hash when they are others, and leave it as it was when they are the defaults', () => {
    expect(genesisBlock({ ...CONFIG, limits: { ...DEFAULT_BLOCK_LIMITS } })).toEqual(genesisBlock(CONFIG));
    expect(chain.hash).not.toBe(genesisBlock(CONFIG).hash);
    const verdict = verifyGenesis(JSON.parse(JSON.stringify(chain)));
    if (!verdict.valid) throw new Error(verdict.detail);
    expect(limitsOf(verdict.data)).toEqual(LIMITS);
  });

  it('are written in one way: a genesis block that spells out the defaults does not verify', () => {
    const block = structuredClone(genesisBlock(CONFIG));
    const [first] = block.transactions;
    if (first) first.data.limits = { ...DEFAULT_BLOCK_LIMITS };
    expect(verifyGenesis(block)).toMatchObject({ valid: false });
  });

  it.each<[string, Partial<BlockLimits>]>([
    ['less than one large transaction', { max_block_bytes: 1024 }],
    ['more than 16 MiB', { max_block_bytes: MAX_BLOCK_BYTES + 1 }],
    ['no transaction', { max_transactions: 0 }],
    ['more than 20,000 transactions', { max_transactions: MAX_TRANSACTIONS_PER_BLOCK + 1 }],
    ['no anchor', { max_anchors: 0 }],
    ['half an anchor', { max_anchors: 1.5 }],
  ])('are refused when they ask for %s', (_what, over) => {
    const config: GenesisConfig = { ...CONFIG, limits: { ...LIMITS, ...over } };
    expect(() => genesisBlock(config)).toThrow(LedgerError);
  });

  it('of the chain decide over a block, each by itself', () => {
    const many = Array.from({ length: 1501 }, (_, n) => aTransaction(n));
    expect(judged(many.slice(1), LIMITS)).toEqual([]);
    expect(judged(many, LIMITS)).toEqual(['size_valid']);
    expect(judged(many.slice(1))).toEqual(['size_valid']);
    const anchors = Array.from({ length: 4 }, (_, n) =>
      aTransaction(n, { type: 'session_anchor', data: anchorData }),
    );
    expect(judged(anchors.slice(1), LIMITS)).toEqual([]);
    expect(judged(anchors, LIMITS)).toEqual(['size_valid']);
    const large = Array.from({ length: 22 }, (_, n) =>
      aTransaction(n, { data: { text: 'x'.repeat(98_000) } }),
    );
    expect(judged(large.slice(2), LIMITS)).toEqual([]);
    expect(judged(large, LIMITS)).toEqual(['size_valid']);
  });
});
