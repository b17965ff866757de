import { DEFAULT_BLOCK_LIMITS, slotAt, txHash } from '@lucid/ledger';
import { createPootState } from '@lucid/poot';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toBlockDocument } from '../src/domain/block-document.ts';
import { judgeCandidate } from '../src/domain/judge-candidate.ts';
import { pageOfHeights } from '../src/domain/page-of-heights.ts';
import { planBlock } from '../src/domain/plan-block.ts';
import { nextProducerState } from '../src/domain/producer-state.ts';
import { lastTickAtStart, nextTickTimestamp, productionRate } from '../src/domain/ticks.ts';
import { toTransactionDocument, toTransactionRecord } from '../src/domain/transaction-document.ts';
import { treeIdOf } from '../src/domain/tree-id.ts';
import { VerifiedTexts } from '../src/domain/verified-texts.ts';
import { genesisOf, wanted } from './a-genesis.ts';
import { transactionMaker } from './support.ts';

describe('planning a block', () => {
  const { max_transactions, max_anchors, max_block_bytes } = DEFAULT_BLOCK_LIMITS;
  /** What a block holds beside its transactions, counted generously. */
  const FRAME_BYTES = 2048;
  const entries = fc.array(
    fc.record({
      _id: fc.uuid(),
      priority: fc.constantFrom(0 as const, 1 as const, 2 as const),
      size_bytes: fc.integer({ min: 300, max: 120_000 }),
    }),
    { maxLength: 1500 },
  );

  test('never passes a limit, keeps the order, and leaves out only what has to stay out', () => {
    fc.assert(
      fc.property(entries, (given) => {
        const queue = given.toSorted((left, right) => left.priority - right.priority);
        const planned = planBlock(queue, DEFAULT_BLOCK_LIMITS);
        const bytes = planned.reduce((sum, { size_bytes }) => sum + size_bytes + 1, FRAME_BYTES);
        expect(planned.length).toBeLessThanOrEqual(max_transactions);
        expect(bytes).toBeLessThanOrEqual(max_block_bytes);
        expect(planned.filter(({ priority }) => priority === 1).length).toBeLessThanOrEqual(max_anchors);
        const places = planned.map((entry) => queue.indexOf(entry));
        expect(places).toEqual(places.toSorted((left, right) => left - right));
        const anchorsAreFull = planned.filter(({ priority }) => priority === 1).length === max_anchors;
        const first = queue.find(
          (entry) => !planned.includes(entry) && !(entry.priority === 1 && anchorsAreFull),
        );
        if (first && planned.length < max_transactions)
          expect(bytes + first.size_bytes + 1).toBeGreaterThan(max_block_bytes);
      }),
      { numRuns: 50 },
    );
  });

  test('more anchors than a block takes let the classes after them through', () => {
    const anchors = Array.from({ length: 101 }, (_, n) => ({
      _id: `a${n}`,
      priority: 1 as const,
      size_bytes: 10,
    }));
    const planned = planBlock(
      [...anchors, { _id: 'x', priority: 2 as const, size_bytes: 10 }],
      DEFAULT_BLOCK_LIMITS,
    );
    expect([planned.length, planned.at(-1)?._id]).toEqual([101, 'x']);
  });
});

describe('ticks', () => {
  test('the next one begins after now, by at most one block time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_704_067_200_000, max: 4e12 }),
        fc.integer({ min: 1, max: 60 }),
        (nowMs, s) => {
          const aheadMs = Date.parse(nextTickTimestamp(nowMs, s * 1000)) - nowMs;
          expect(aheadMs).toBeGreaterThan(0);
          expect(aheadMs).toBeLessThanOrEqual(s * 1000);
        },
      ),
    );
  });

  test('a start counts from now on, unless the present tick has its block already', () => {
    const nowMs = Date.UTC(2026, 0, 2, 0, 0, 5);
    const at = (ms: number) => new Date(ms).toISOString();
    const before = lastTickAtStart(nowMs, at(nowMs - 100_000), 10_000);
    expect(lastTickAtStart(nowMs, at(nowMs - 1000), 10_000)).toBe(before + 1);
  });

  test('the rate is blocks per minute', () => {
    const stamps = [0, 10, 20, 30].map((s) => new Date(Date.UTC(2026, 0, 1, 0, 0, s)).toISOString());
    expect([productionRate(stamps), productionRate(stamps.slice(0, 1)), productionRate([])]).toEqual([
      6, 0, 0,
    ]);
  });
});

test('pages of heights show every height once, in order', () => {
  fc.assert(
    fc.property(
      fc.nat(50),
      fc.nat(200),
      fc.integer({ min: 1, max: 30 }),
      fc.constantFrom('ascending' as const, 'descending' as const),
      (from, to, limit, order) => {
        const shown: number[] = [];
        const { total } = pageOfHeights({ from, to }, { page: 1, limit, order });
        for (let page = 1; page <= Math.ceil(total / limit) + 1; page++) {
          const { range } = pageOfHeights({ from, to }, { page, limit, order });
          if (!range) continue;
          const heights = Array.from({ length: range.to - range.from + 1 }, (_, n) => range.from + n);
          expect(heights.length).toBeLessThanOrEqual(limit);
          shown.push(...(order === 'ascending' ? heights : heights.reverse()));
        }
        const all = Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => from + n);
        expect(shown).toEqual(order === 'ascending' ? all : all.reverse());
      },
    ),
  );
});

describe('kept transactions', () => {
  const transaction = transactionMaker('domain').anchor();
  const kept = toTransactionDocument(transaction, txHash(transaction), transaction.timestamp);
  const judge = createPootState(genesisOf(wanted)).openBlock(slotAt(Date.now()));

  test('come back as they were handed in', () => {
    expect(toTransactionRecord(kept)).toEqual({
      transaction,
      tx_hash: txHash(transaction),
      status: 'pending',
      submitted_at: transaction.timestamp,
    });
    expect(judgeCandidate(kept, new VerifiedTexts(1), judge)).toMatchObject({ transaction });
  });

  test('are seen through when the store was touched', () => {
    const verified = new VerifiedTexts(10);
    verified.add(kept.text, kept.tx_hash, transaction.signature);
    const other = transactionMaker('other').plain();
    const swapped = toTransactionDocument(other, txHash(other), other.timestamp);
    verified.add(swapped.text, swapped.tx_hash, other.signature);
    expect(judgeCandidate(kept, verified, judge)).toMatchObject({ transaction });
    for (const text of ['{', '{}', JSON.stringify({ ...transaction, type: 'system' }), swapped.text])
      expect(judgeCandidate({ ...kept, text }, verified, judge)).toHaveProperty('reason');
  });

  test('are listed by their ids alone in a block document', () => {
    const genesis = genesisOf(wanted);
    const document = toBlockDocument(genesis, { parent: undefined, fence: 1, createdAt: 'now' });
    expect(document).toMatchObject({ _id: 0, total_transactions: 1, transaction_ids: [expect.any(String)] });
    expect(document).not.toHaveProperty('transactions');
  });
});

test('a tree’s id follows from session and root and is a UUID', () => {
  const id = treeIdOf('s', 'r');
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(treeIdOf('s', 'r')).toBe(id);
  expect(new Set([id, treeIdOf('s', 'q'), treeIdOf('t', 'r')]).size).toBe(3);
});

test('a producer makes blocks only between a sync and a setback', () => {
  expect(nextProducerState('standby', 'synced')).toBe('standby');
  expect(nextProducerState('standby', 'lease_won')).toBe('syncing');
  expect(nextProducerState('syncing', 'synced')).toBe('active');
  expect(nextProducerState('active', 'setback')).toBe('syncing');
  expect(nextProducerState('active', 'lease_lost')).toBe('standby');
});
