import { DEFAULT_BLOCK_LIMITS, genesisBlock, TransactionType, txHash, verifyGenesis } from '@lucid/ledger';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toBlockDocument, toBlockSummary, toSignedHeader } from '../src/domain/block-document.ts';
import { genesisConfigOf } from '../src/domain/genesis.ts';
import { limitConflicts } from '../src/domain/limit-conflicts.ts';
import { packHashes } from '../src/domain/pack-hashes.ts';
import { planBlock } from '../src/domain/plan-block.ts';
import { PRIORITY, priorityOf } from '../src/domain/priority.ts';
import { limitGroupOf } from '../src/domain/rate-limits.ts';
import { advanced, NO_PROGRESS, nextRound, nextStep } from '../src/domain/scan-progress.ts';
import { toMempoolEntry, toTransactionDocument } from '../src/domain/transaction-document.ts';
import { hashPrefixOf, uuidOfHash } from '../src/domain/uuid-of-hash.ts';
import { VerifiedTexts } from '../src/domain/verified-texts.ts';
import { NODE_ID, transactionMaker, validatorKey } from './support.ts';

const maker = transactionMaker('small rules');
const self = { validator: NODE_ID, public_key: validatorKey.publicKey };
const config = genesisConfigOf({ createdAt: '2026-01-01T00:00:00.000Z', self, validators: [] });

describe('a kept block', () => {
  const genesis = genesisBlock(config);
  const document = toBlockDocument(genesis, { parent: undefined, fence: 3, createdAt: 'now' });

  test('counts on from its parent and keeps its votes', () => {
    const certificate = { view: 4, votes: [{ validator: NODE_ID, signature: genesis.signature }] };
    const context = { parent: { total_transactions: 41 }, fence: 1, createdAt: 'now', certificate };
    expect(toBlockDocument(genesis, context)).toMatchObject({ total_transactions: 42, certificate });
    expect(document).not.toHaveProperty('certificate');
  });

  test('is listed under an id that follows from its hash, and the id leads back to it', () => {
    const summary = toBlockSummary(document);
    expect(summary).toEqual({
      ...{ block_id: uuidOfHash(genesis.hash), hash: genesis.hash, height: 0, transaction_count: 1 },
      ...{ previous_hash: genesis.header.previous_hash, merkle_root: genesis.header.merkle_root },
      ...{ timestamp: genesis.header.timestamp, validator: NODE_ID, status: 'confirmed' },
      ...{ slot: genesis.header.slot, epoch: genesis.header.epoch },
      block_size_bytes: document.size_bytes,
    });
    expect(genesis.hash.startsWith(hashPrefixOf(summary.block_id))).toBe(true);
  });

  test('gives its header away without what only we know', () => {
    const { header, hash, signature } = genesis;
    expect(toSignedHeader(document)).toEqual({ header, hash, signature });
  });
});

test('an id of a hash leads back to its first twelve digits, for every hash', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9a-f]{64}$/), (hash) => {
      expect(uuidOfHash(hash)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(hashPrefixOf(uuidOfHash(hash))).toBe(hash.slice(0, 12));
    }),
  );
});

test('limits that the chain was not begun with are named by their variables', () => {
  const dataOf = (limits?: typeof DEFAULT_BLOCK_LIMITS) => {
    const verdict = verifyGenesis(genesisBlock({ ...config, ...(limits ? { limits } : {}) }));
    if (!verdict.valid) throw new Error(verdict.detail);
    return verdict.data;
  };
  const wider = { ...DEFAULT_BLOCK_LIMITS, max_anchors: 7, max_transactions: 2000 };
  expect(limitConflicts(dataOf())).toEqual([]);
  expect(limitConflicts(dataOf(wider), wider)).toEqual([]);
  expect(limitConflicts(dataOf(wider))).toEqual(['MAX_TRANSACTIONS_PER_BLOCK', 'MAX_ANCHORS_PER_BLOCK']);
  expect(limitConflicts(dataOf(), { ...DEFAULT_BLOCK_LIMITS, max_block_bytes: 2 ** 21 })).toEqual([
    'BLOCK_SIZE_LIMIT_MB',
  ]);
});

describe('the queue', () => {
  test('lets the system go first, then anchors, then the rest', () => {
    const types = TransactionType.anyOf.map(({ const: type }) => type);
    const placed = Object.fromEntries(types.map((type) => [type, priorityOf(type)]));
    const { system, session_anchor, ...rest } = placed;
    expect([system, session_anchor]).toEqual([0, 1]);
    expect(new Set(Object.values(rest))).toEqual(new Set([PRIORITY.other]));
  });

  test('knows place, time and size of a transaction without what is in it', () => {
    const anchor = maker.anchor();
    const document = toTransactionDocument(anchor, txHash(anchor), anchor.timestamp);
    expect(toMempoolEntry(document, 12, 3)).toEqual({
      ...{ _id: anchor.tx_id, priority: 1, received_at_ms: 12, sequence: 3 },
      size_bytes: Buffer.byteLength(document.text),
    });
  });

  test('makes a block end at the first that is too large, so that small ones never overtake it', () => {
    const entry = (_id: string, size_bytes: number) => ({ _id, priority: PRIORITY.other, size_bytes });
    const limits = { ...DEFAULT_BLOCK_LIMITS, max_block_bytes: 10_000 };
    const planned = planBlock([entry('a', 5000), entry('b', 5000), entry('c', 10)], limits);
    expect(planned.map(({ _id }) => _id)).toEqual(['a']);
    const two = planBlock([entry('a', 1), entry('b', 1), entry('c', 1)], { ...limits, max_transactions: 2 });
    expect(two).toHaveLength(2);
  });
});

test('paths below a group count for it, and what only begins like one does not', () => {
  expect(limitGroupOf('/api/v1/blocks')).toBe('chain');
  expect(limitGroupOf('/api/v1/chain/height')).toBe('chain');
  expect(limitGroupOf('/api/v1/transactions/batch')).toBe('transactions');
  expect(limitGroupOf('/api/v1/consensus/votes')).toBe('consensus');
  expect(limitGroupOf('/api/v1/merkle/trees')).toBe('merkle');
  expect(['/api/v1/blocksmith', '/health', '/api/v1'].map(limitGroupOf)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('a scan looks at every block once per round, whatever its step and however often the chain grows', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 7 }),
      fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }),
      (most, tips) => {
        let progress = NO_PROGRESS;
        let looked: number[] = [];
        const expected: number[] = [];
        for (const [round, tip] of tips.entries()) {
          progress = nextRound(progress, tip, `round ${round}`);
          expect(progress).toMatchObject({
            rounds_completed: round + 1,
            last_round_completed_at: `round ${round}`,
          });
          looked = [];
          for (let step = nextStep(progress, most); step; step = nextStep(progress, most)) {
            const blocks = step.to - step.from + 1;
            expect(blocks).toBeLessThanOrEqual(most);
            for (let height = step.from; height <= step.to; height++) looked.push(height);
            progress = advanced(progress, { blocks, transactions: 2 * blocks }, step.to);
          }
          expected.push(tip + 1);
          expect(looked).toEqual(Array.from({ length: tip + 1 }, (_, height) => height));
        }
        const blocks_checked = expected.reduce((sum, count) => sum + count, 0);
        expect(progress).toMatchObject({ blocks_checked, transactions_checked: 2 * blocks_checked });
      },
    ),
  );
});

describe('hashes for a tree', () => {
  const hashes = [1, 2, 3, 4].map((n) => String(n).repeat(64));

  test('stand one after the other, 32 bytes each, where threads can see them', () => {
    const packed = packHashes(hashes, 2);
    expect(Buffer.from(packed).toString('hex')).toBe(hashes.join(''));
    expect(packed.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  test('are 6305 when there are none, 6307 when the tree would be too high, 6306 when one is none', () => {
    const codeOf = (given: readonly string[], maxHeight: number) => {
      try {
        packHashes(given, maxHeight);
      } catch (error) {
        return error;
      }
      return undefined;
    };
    expect(codeOf([], 20)).toMatchObject({ code: 6305 });
    expect(codeOf(hashes, 1)).toMatchObject({ code: 6307, details: { leaf_count: 4, most: 2 } });
    expect(codeOf([...hashes.slice(1), 'F'.repeat(64)], 20)).toMatchObject({
      code: 6306,
      details: { index: 3 },
    });
  });
});

test('what was verified is remembered by text and by signature, the newest longest', () => {
  const verified = new VerifiedTexts(2);
  for (const n of [1, 2, 3]) verified.add(`text ${n}`, `hash ${n}`, `signature ${n}`);
  expect([1, 2, 3].map((n) => verified.txHashOf(`text ${n}`))).toEqual([undefined, 'hash 2', 'hash 3']);
  expect(verified.isVerified('hash 3', 'signature 3')).toBe(true);
  expect(verified.isVerified('hash 3', 'signature 2')).toBe(false);
  expect(verified.isVerified('hash 1', 'signature 1')).toBe(false);
});
