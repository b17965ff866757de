import type { Block } from '@lucid/ledger';
import { leafHash, verifyProof } from '@lucid/merkle';
import { describe, expect, test } from 'vitest';
import { uuidOfHash } from '../src/domain/uuid-of-hash.ts';
import { servedEngine, UNKNOWN } from './served-engine.ts';

/** An id as blocks have it, of none. */
const UNKNOWN_BLOCK = '00000000-0000-8000-8000-000000000000';
const engine = servedEngine('transactions');
const { blockWith, clock, get, maker, post, tick } = engine;

describe('transactions', () => {
  test('go in, wait, are confirmed and proven', async () => {
    const tx = maker.anchor();
    const accepted = await post('/transactions', tx);
    expect(accepted).toMatchObject({ status: 202, body: { tx_id: tx.tx_id, status: 'pending' } });
    const { estimated_confirmation_time } = accepted.body as { estimated_confirmation_time: string };
    expect(Date.parse(estimated_confirmation_time)).toBeGreaterThan(clock.nowMs());
    expect((await get('/transactions/pending')).body).toMatchObject({ transactions: [{ transaction: tx }] });
    expect(await get(`/transactions/${tx.tx_id}/proof`)).toMatchObject({
      status: 409,
      code: 'LUCID_ERR_6108',
    });
    await tick();
    expect((await get(`/transactions/${tx.tx_id}`)).body).toMatchObject({
      status: 'confirmed',
      transaction: tx,
      transaction_index: 0,
    });
    const { body } = await get(`/transactions/${tx.tx_id}/proof`, 'user');
    const proof = body as {
      tx_hash: string;
      transaction_index: number;
      transaction_count: number;
      proof_path: { hash: string; position: 'left' | 'right' }[];
      block: { header: { merkle_root: string } };
    };
    const leaf = {
      leaf_hash: leafHash(proof.tx_hash),
      leaf_index: proof.transaction_index,
      leaf_count: proof.transaction_count,
      proof_path: proof.proof_path,
    };
    expect(verifyProof(proof.block.header.merkle_root, leaf)).toBe(true);
    expect(await post('/transactions', tx)).toMatchObject({ status: 202, body: { status: 'confirmed' } });
  });

  test('that break a rule are refused with the rule’s own code', async () => {
    const good = maker.plain();
    const old = maker.plain({ timestamp: new Date(clock.nowMs() - 3_700_000).toISOString() });
    const early = maker.plain({ timestamp: new Date(clock.nowMs() + 400_000).toISOString() });
    const big = maker.plain({ data: { text: 'x'.repeat(101 * 1024) } });
    const thin = maker.plain({ type: 'session_anchor', data: { session_id: UNKNOWN } });
    const system = maker.plain({ type: 'system', data: { kind: 'tally' } });
    const genesis = maker.plain({ type: 'system', data: { kind: 'genesis' } });
    const cases: [unknown, number, string][] = [
      [{ ...good, data: { note: 'forged' } }, 400, 'LUCID_ERR_6103'],
      [{ ...good, signature: '0'.repeat(128) }, 400, 'LUCID_ERR_6103'],
      [old, 400, 'LUCID_ERR_6104'],
      [early, 400, 'LUCID_ERR_6104'],
      [big, 400, 'LUCID_ERR_6102'],
      [thin, 400, 'LUCID_ERR_6102'],
      [system, 400, 'LUCID_ERR_6208'],
      [genesis, 400, 'LUCID_ERR_6208'],
    ];
    for (const [body, status, code] of cases)
      expect(await post('/transactions', body)).toMatchObject({ status, code });
    expect((await get(`/transactions/${good.tx_id}`)).status).toBe(404);
  });

  test('of another form are refused as 400', async () => {
    const good = maker.plain();
    const { signature: _gone, ...unsigned } = good;
    const bodies = [
      unsigned,
      { ...good, tx_id: 'x' },
      { ...good, tx_id: 5 },
      { ...good, type: 'payout' },
      { ...good, data: 'text' },
      { ...good, surprise: 1 },
      { ...good, timestamp: 'yesterday' },
      '[]',
      'no json',
      '',
    ];
    for (const body of bodies)
      expect([body, (await post('/transactions', body)).status]).toEqual([body, 400]);
    expect((await post('/transactions/batch', { transactions: [] })).status).toBe(400);
    expect((await post('/transactions/batch', { transactions: Array(101).fill(good) })).status).toBe(400);
  });

  test('of a batch are each judged by themselves', async () => {
    const [good, bad] = [maker.plain(), { ...maker.plain(), signature: '0'.repeat(128) }];
    expect(await post('/transactions/batch', { transactions: [good, bad, good] })).toMatchObject({
      status: 202,
      body: {
        submitted_count: 2,
        failed_count: 1,
        transaction_ids: [good.tx_id, good.tx_id],
        errors: [{ tx_id: bad.tx_id, code: 'LUCID_ERR_6103' }],
      },
    });
  });

  test.each([
    [`/transactions/${UNKNOWN}`, 404],
    [`/transactions/${UNKNOWN}/proof`, 404],
    ['/transactions/x', 400],
    ['/transactions?type=payout', 400],
    ['/transactions?status=lost', 400],
    ['/transactions?limit=1000', 400],
    ['/transactions/pending?limit=x', 400],
  ])('%s answers %i', async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });

  test('are listed by type and status, newest first', async () => {
    await tick();
    const { body } = await get('/transactions?type=session_anchor&status=confirmed&limit=1');
    expect(body).toMatchObject({
      transactions: [{ status: 'confirmed' }],
      pagination: { total: 1, pages: 1 },
    });
    expect((await get('/transactions?status=dropped')).body).toMatchObject({ transactions: [] });
  });
});

describe('transactions', () => {
  const listed = async (query: string) =>
    (
      await get<{ transactions: { transaction: { tx_id: string } }[]; pagination: { total: number } }>(
        `/transactions?${query}`,
      )
    ).body;

  test('are listed by the block they stand in, by its id, hash or height', async () => {
    const mine = [maker.plain(), maker.anchor(), maker.plain()];
    const { hash, header } = await blockWith(mine);
    for (const query of [
      `block_id=${uuidOfHash(hash)}`,
      `block_id=${hash}`,
      `block_height=${header.height}`,
      `block_id=${hash}&block_height=${header.height}`,
    ]) {
      const { transactions, pagination } = await listed(query);
      expect([query, pagination.total]).toEqual([query, 3]);
      expect(new Set(transactions.map(({ transaction }) => transaction.tx_id))).toEqual(
        new Set(mine.map(({ tx_id }) => tx_id)),
      );
    }
    expect((await listed(`block_id=${hash}&type=session_anchor`)).pagination.total).toBe(1);
    expect((await listed(`block_id=${hash}&status=dropped`)).pagination.total).toBe(0);
    expect((await listed(`block_id=${hash}&block_height=${header.height - 1}`)).pagination.total).toBe(0);
    expect((await listed(`block_id=${UNKNOWN_BLOCK}`)).pagination).toMatchObject({ total: 0, pages: 0 });
    expect((await listed('block_height=999999')).pagination.total).toBe(0);
  });

  test('are listed by when they were handed in, from either end, page by page', async () => {
    await tick();
    const from = new Date(clock.nowMs()).toISOString();
    const mine = [maker.plain(), maker.plain(), maker.plain()];
    for (const transaction of mine) {
      await post('/transactions', transaction);
      await clock.advance(10);
    }
    const to = new Date(clock.nowMs() - 10).toISOString();
    const ids = (body: Awaited<ReturnType<typeof listed>>) =>
      body.transactions.map(({ transaction }) => transaction.tx_id);
    const expected = mine.map(({ tx_id }) => tx_id);
    expect(ids(await listed(`from=${from}&to=${to}&sort=submitted_asc`))).toEqual(expected);
    expect(ids(await listed(`from=${from}&sort=submitted_desc&limit=2`))).toEqual(
      expected.toReversed().slice(0, 2),
    );
    expect(ids(await listed(`from=${from}&to=${from}`))).toEqual(expected.slice(0, 1));
    expect(ids(await listed(`from=${from}&limit=2&page=2&sort=submitted_asc`))).toEqual(expected.slice(2));
    expect((await get('/transactions?from=yesterday')).status).toBe(400);
  });

  test('that no longer hold when their block is made have failed, with the reason', async () => {
    const good = maker.plain();
    await post('/transactions', good);
    const text = JSON.stringify({ ...good, signature: '0'.repeat(128) });
    await engine.database
      .collection('transactions')
      .updateOne({ _id: good.tx_id as never }, { $set: { text } });
    await tick();
    expect((await get(`/transactions/${good.tx_id}`)).body).toMatchObject({
      status: 'failed',
      reason: /signature/,
    });
    const { transactions } = (await get<{ transactions: unknown[] }>('/transactions?status=failed')).body;
    expect(transactions).toHaveLength(1);
    expect(await post('/transactions', good)).toMatchObject({ status: 409 });
  });

  test('go into one block by the hundred, anchors among them', async () => {
    const many = [
      ...Array.from({ length: 150 }, () => maker.plain()),
      ...Array.from({ length: 12 }, () => maker.anchor()),
    ];
    for (const at of [0, 81])
      expect(await post('/transactions/batch', { transactions: many.slice(at, at + 81) })).toMatchObject({
        body: { submitted_count: 81, failed_count: 0 },
      });
    await tick();
    const { header, transactions } = (await get<Block>('/blocks/latest')).body;
    expect(header.transaction_count).toBe(162);
    expect(transactions.filter(({ type }) => type === 'session_anchor')).toHaveLength(12);
    expect(new Set(transactions.map(({ tx_id }) => tx_id))).toEqual(new Set(many.map(({ tx_id }) => tx_id)));
    const [last] = transactions.slice(-1);
    const proof = (await get<{ transaction_count: number }>(`/transactions/${last?.tx_id}/proof`)).body;
    expect(proof.transaction_count).toBe(162);
  });

  test('of every type stand in a block in the order system, anchors, others', async () => {
    const vote = maker.plain({ type: 'consensus_vote', data: { kind: 'proposal_vote' } });
    const [anchor, plain] = [maker.anchor(), maker.plain()];
    const { transactions } = await blockWith([vote, plain, anchor]);
    expect(transactions.map(({ type }) => type)).toEqual([
      'session_anchor',
      'consensus_vote',
      'data_storage',
    ]);
  });
});
