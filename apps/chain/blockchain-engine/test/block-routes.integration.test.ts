import { type Block, nextBlock, ZERO_HASH } from '@lucid/ledger';
import { describe, expect, test } from 'vitest';
import { uuidOfHash } from '../src/domain/uuid-of-hash.ts';
import { servedEngine } from './served-engine.ts';
import { clientKey, NODE_ID, validatorKey } from './support.ts';

/** An id as blocks have it, of none. */
const UNKNOWN_BLOCK = '00000000-0000-8000-8000-000000000000';
const engine = servedEngine('blocks');
const { blockWith, clock, get, maker, post, tick } = engine;

describe('blocks', () => {
  const shape = (over: Partial<Block> = {}): Block => ({
    ...(engine.rig.validators.genesis as Block),
    ...over,
  });
  async function next(key = validatorKey, over = {}) {
    const parent = await engine.rig.ledger.blocks.tip();
    if (!parent) throw new Error('no tip');
    const { header, hash, signature } = parent;
    return nextBlock({
      parent: { header, hash, signature },
      transactions: [maker.plain()],
      timestampMs: clock.nowMs() + 1,
      validator: NODE_ID,
      key,
      ...over,
    });
  }

  test('are found by height, by hash and as the latest', async () => {
    const latest = await get('/blocks/latest');
    const { header, hash } = latest.body as Block;
    expect(await get(`/blocks/height/${header.height}`)).toMatchObject({ status: 200, body: { hash } });
    expect(await get(`/blocks/${hash}`)).toMatchObject({ status: 200, body: { hash } });
    expect((await get('/blocks/height/0')).body).toEqual(engine.rig.validators.genesis);
  });

  test.each([
    ['/blocks/height/999999', 404, 6001],
    [`/blocks/${'ab'.repeat(32)}`, 404, 6001],
    ['/blocks/height/-1', 400, undefined],
    ['/blocks/height/one', 400, undefined],
    ['/blocks/height/1.5', 400, undefined],
    ['/blocks/xyz', 400, undefined],
    ['/blocks?limit=0', 400, undefined],
    ['/blocks?limit=101', 400, undefined],
    ['/blocks?page=0', 400, undefined],
    ['/blocks?sort=sideways', 400, undefined],
    ['/blocks?height_from=-1', 400, undefined],
    ['/blocks?surprise=1', 400, undefined],
  ])('%s answers %i', async (path, status, code) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    if (code) expect(answer.code).toBe(`LUCID_ERR_${code}`);
  });

  test('are listed newest first, page by page', async () => {
    await tick();
    await tick();
    const { body } = await get('/blocks?limit=2');
    const { blocks, pagination } = body as { blocks: { height: number }[]; pagination: { total: number } };
    expect(blocks.map(({ height }) => height)).toEqual([pagination.total - 1, pagination.total - 2]);
    const lowest = await get('/blocks?limit=2&sort=height_asc');
    expect(lowest.body).toMatchObject({ blocks: [{ height: 0 }, { height: 1 }] });
    expect((await get('/blocks?height_from=5&height_to=2')).body).toMatchObject({ blocks: [] });
  });

  test('of strangers are refused and none is made', async () => {
    const before = await engine.rig.ledger.blocks.head();
    const stranger = await next(clientKey);
    const named = await next(clientKey, { validator: 'ff'.repeat(16) });
    const deputy = await next(validatorKey, { fallbackIndex: 1 });
    for (const block of [stranger, named, deputy, { ...stranger, hash: ZERO_HASH }])
      expect(await post('/blocks', block)).toMatchObject({ status: 403, code: 'LUCID_ERR_6201' });
    expect((await post('/blocks', { transactions: [], previous_hash: 'test' })).status).toBe(400);
    expect((await post('/blocks', await next(), 'user')).status).toBe(403);
    expect(await engine.rig.ledger.blocks.head()).toEqual(before);
  });

  test('of the leader are taken once, and only when they hold', async () => {
    const parent = await engine.rig.ledger.blocks.at(1);
    if (!parent) throw new Error('no parent');
    const late = nextBlock({
      parent,
      transactions: [],
      timestampMs: clock.nowMs(),
      validator: NODE_ID,
      key: validatorKey,
    });
    expect((await post('/blocks', late)).code).toBe('LUCID_ERR_6003');
    const future = await next(validatorKey, { timestampMs: clock.nowMs() + 3_600_000 });
    expect(await post('/blocks', future)).toMatchObject({ status: 400, code: 'LUCID_ERR_6002' });
    const block = await next();
    expect(await post('/blocks', block)).toMatchObject({ status: 201, body: { hash: block.hash } });
    expect((await post('/blocks', block)).code).toBe('LUCID_ERR_6003');
    const [tx] = block.transactions;
    expect((await get(`/transactions/${tx?.tx_id}`)).body).toMatchObject({ status: 'confirmed' });
    await tick();
    expect((await get('/blocks/latest')).body).toMatchObject({ header: { previous_hash: block.hash } });
  });

  test('are judged for an admin without being taken', async () => {
    const before = await engine.rig.ledger.blocks.head();
    const good = await post('/blocks/validate', await next(), 'admin');
    expect(good).toMatchObject({ status: 200, body: { valid: true, errors: [] } });
    const bad = await post('/blocks/validate', { ...(await next()), signature: '0'.repeat(128) }, 'admin');
    expect(bad.body).toMatchObject({
      valid: false,
      validation_results: { signature_valid: false, hash_valid: true },
    });
    const kept = (await get('/blocks/latest')).body as Block;
    expect((await post('/blocks/validate', kept, 'admin')).body).toMatchObject({ valid: true });
    for (const body of [{}, { ...shape(), extra: 1 }, '[]', 'no json'])
      expect((await post('/blocks/validate', body, 'admin')).status).toBe(400);
    expect(await engine.rig.ledger.blocks.head()).toEqual(before);
  });
});

describe('blocks', () => {
  test('are found by the id that follows from their hash, and each is shown with it', async () => {
    const block = await blockWith([maker.plain()]);
    const { blocks } = (await get<{ blocks: { block_id: string; hash: string }[] }>('/blocks?limit=1')).body;
    expect(blocks).toMatchObject([{ block_id: uuidOfHash(block.hash), hash: block.hash }]);
    expect(await get(`/blocks/${uuidOfHash(block.hash)}`)).toMatchObject({ status: 200, body: block });
    expect(await get(`/blocks/${block.hash}`)).toMatchObject({ status: 200, body: block });
    expect((await get(`/blocks/${UNKNOWN_BLOCK}`)).status).toBe(404);
    // The same twelve first digits are not enough: the whole id has to be that of the hash.
    const alike = uuidOfHash(`${block.hash.slice(0, 20)}${'0'.repeat(44)}`);
    expect((await get(`/blocks/${alike}`)).status).toBe(404);
  });

  test('are listed by time as by height, within a range', async () => {
    while ((await get<{ height: number }>('/chain/height')).body.height < 6) await tick();
    const heights = async (query: string) =>
      (await get<{ blocks: { height: number }[] }>(`/blocks?${query}`)).body.blocks.map(
        ({ height }) => height,
      );
    expect(await heights('height_from=2&height_to=5&sort=timestamp_asc')).toEqual([2, 3, 4, 5]);
    expect(await heights('height_from=2&height_to=5&sort=timestamp_desc&limit=2&page=2')).toEqual([3, 2]);
    expect(await heights('height_from=2&height_to=5&sort=height_asc&limit=3')).toEqual([2, 3, 4]);
  });

  test('come whole by a range of heights, no more than a hundred at once, and say where to go on', async () => {
    while ((await get<{ height: number }>('/chain/height')).body.height < 104) await tick();
    const whole = (
      await get<{ blocks: Block[]; next_height?: number }>('/blocks/range?height_from=0&height_to=103')
    ).body;
    expect(whole.blocks.map(({ header }) => header.height)).toEqual(Array.from({ length: 100 }, (_, n) => n));
    expect(whole.next_height).toBe(100);
    const rest = (await get<typeof whole>('/blocks/range?height_from=100&height_to=102')).body;
    expect([rest.blocks.length, rest.next_height]).toEqual([3, undefined]);
    expect((await get<typeof whole>('/blocks/range?height_from=5&height_to=2')).body).toEqual({ blocks: [] });
    expect((await get('/blocks/range')).status).toBe(400);
  });

  test('are read from the store once and then from memory', async () => {
    const block = await blockWith([maker.plain()]);
    const [transaction] = block.transactions;
    const transactions = engine.database.collection('transactions');
    const kept = await transactions.findOne({ _id: transaction?.tx_id as never });
    await transactions.deleteOne({ _id: transaction?.tx_id as never });
    expect((await get(`/blocks/height/${block.header.height}`)).body).toEqual(block);
    expect((await get(`/blocks/${block.hash}`)).body).toEqual(block);
    engine.deps.recentBlocks.forget(block.header.height);
    expect((await get(`/blocks/height/${block.header.height}`)).status).toBe(500);
    if (kept) await transactions.insertOne(kept);
    expect((await get(`/blocks/height/${block.header.height}`)).body).toEqual(block);
  });

  test('are judged check by check, also what is no block at all', async () => {
    const { header, ...rest } = (await get<Block>('/blocks/latest')).body;
    const report = async (block_data: unknown) =>
      (
        await post<{
          valid: boolean;
          validation_results: Record<string, boolean>;
          errors: { detail: string }[];
        }>('/blocks/validate', { block_data }, 'admin')
      ).body;
    expect(await report({ header, ...rest })).toMatchObject({
      valid: true,
      validation_results: {
        structure_valid: true,
        signature_valid: true,
        merkle_root_valid: true,
        timestamp_valid: true,
        transactions_valid: true,
      },
    });
    const forged = await report({ header: { ...header, merkle_root: 'ab'.repeat(32) }, ...rest });
    expect(forged).toMatchObject({
      valid: false,
      validation_results: { merkle_root_valid: false, hash_valid: false },
    });
    const { valid, validation_results, errors } = await report({ header: 'none', transactions: [] });
    expect([valid, Object.values(validation_results).some(Boolean), errors.length]).toEqual([
      false,
      false,
      1,
    ]);
  });
});
