import { type SessionAnchorData, type SessionCheckpointData, txHash, ZERO_HASH } from '@lucid/ledger';
import type { FakeClock } from '@lucid/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { anchorData } from '../src/domain/sayings.ts';
import type { PretendedEngine } from './pretended-engine.ts';
import type { Rig } from './rig.ts';
import { stages } from './stages.ts';
import { requestMaker } from './support.ts';

const nextStage = stages('checkpoints');
const maker = requestMaker('checkpoints');
let clock: FakeClock;
let engine: PretendedEngine;
let rig: Rig;

beforeEach(async () => {
  ({ clock, engine, rig } = await nextStage());
});

/** A second passes: everybody has a turn, and there is a block. */
async function second(times = 1): Promise<void> {
  for (let n = 0; n < times; n++) {
    await rig.round();
    engine.makeBlock();
    await clock.advance(1000);
  }
}

const onChain = (sessionId: string) =>
  engine
    .ofSession(sessionId)
    .filter(({ transaction, status }) => transaction.type === 'data_storage' && status === 'confirmed')
    .map(({ transaction }) => ({
      hash: txHash(transaction),
      data: transaction.data as unknown as SessionCheckpointData,
    }))
    .toSorted((a, b) => a.data.sequence - b.data.sequence);

/** Numbered from 1 without a gap, each naming the one before, never shrinking. */
function expectRow(sessionId: string): void {
  let previous = ZERO_HASH;
  let chunks = 0;
  for (const [index, { hash, data }] of onChain(sessionId).entries()) {
    expect(data).toMatchObject({ sequence: index + 1, previous });
    expect(data.chunk_count).toBeGreaterThanOrEqual(chunks);
    chunks = data.chunk_count;
    previous = hash;
  }
}

describe('checkpoints', () => {
  test('are numbered from one, name the one before, and begin with no chunk', async () => {
    const session = maker.request();
    for (const chunks of [0, 2, 5]) {
      await rig.put(maker.checkpoint(session, chunks));
      await second(3);
    }
    expectRow(session.session_id);
    expect(onChain(session.session_id).map(({ data }) => data.chunk_count)).toEqual([0, 2, 5]);
    expect(onChain(session.session_id)[0]?.data).toEqual({
      kind: 'session_checkpoint',
      session_id: session.session_id,
      sequence: 1,
      chunk_count: 0,
      merkle_root: ZERO_HASH,
      total_size: 0,
      previous: ZERO_HASH,
      owner_ref: session.owner_ref,
      recorded_at: '2026-01-02T03:04:05.678Z',
    });
    expect(JSON.stringify(engine.ofSession(session.session_id))).not.toContain(session.user_id);
    expect(await rig.row(session.session_id)).toMatchObject([
      { status: 'confirmed', due_at_ms: null },
      { status: 'confirmed', due_at_ms: null },
      { status: 'confirmed', due_at_ms: null },
    ]);
  });

  test('are the same however often they are asked for, also at once', async () => {
    const session = maker.request();
    const asked = maker.checkpoint(session, 3);
    const racing = await Promise.all([1, 2, 3, 4].map(() => rig.put(asked)));
    expect(racing.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(racing.map(({ checkpoint }) => checkpoint._id)).size).toBe(1);
    await second(3);
    expect((await rig.put(asked)).isNew).toBe(false);
    expect(await rig.row(session.session_id)).toHaveLength(1);
  });

  test('that meet at one number all get one, without a gap', async () => {
    const session = maker.request();
    await rig.put(maker.checkpoint(session, 0));
    await second(3);
    await Promise.allSettled([1, 2, 3, 4, 5].map((chunks) => rig.put(maker.checkpoint(session, chunks))));
    await second(20);
    expectRow(session.session_id);
    expect(onChain(session.session_id).at(-1)?.data.chunk_count).toBe(5);
  });

  test('with another root for as many chunks, or another owner, are refused, and older ones change nothing', async () => {
    const session = maker.request();
    await rig.put(maker.checkpoint(session, 2));
    await second(3);
    await rig.put(maker.checkpoint(session, 4));
    const other = { ...maker.checkpoint(session, 4), merkle_root: 'ab'.repeat(32) };
    await expect(rig.put(other)).rejects.toMatchObject({ code: 6405, status: 409 });
    const stranger = { ...maker.checkpoint(session, 5), user_id: maker.random.uuid() };
    await expect(rig.put(stranger)).rejects.toMatchObject({ code: 6405 });
    expect((await rig.put(maker.checkpoint(session, 3))).checkpoint).toMatchObject({ chunk_count: 4 });
    const nonsense = { ...maker.checkpoint(session, 5), merkle_root: ZERO_HASH };
    await expect(rig.put(nonsense)).rejects.toMatchObject({ code: 6404 });
    expect(await rig.row(session.session_id)).toHaveLength(2);
  });

  test('catch up after the engine was away: of those that were not sent only the newest is', async () => {
    const session = maker.request();
    await rig.put(maker.checkpoint(session, 0));
    await second(3);
    engine.isAway = true;
    for (let chunks = 1; chunks <= 30; chunks++) {
      await rig.put(maker.checkpoint(session, chunks));
      await rig.round();
      await clock.advance(60_000);
    }
    expect((await rig.row(session.session_id)).length).toBeLessThanOrEqual(3);
    engine.isAway = false;
    await clock.advance(60_000);
    await second(20);
    expectRow(session.session_id);
    expect(onChain(session.session_id).map(({ data }) => data.chunk_count)).toEqual([0, 1, 30]);
  });

  test('begin with the first that was asked for, however long the engine was away', async () => {
    const session = maker.request();
    engine.isAway = true;
    for (let chunks = 0; chunks < 9; chunks++) await rig.put(maker.checkpoint(session, chunks));
    engine.isAway = false;
    await second(10);
    expectRow(session.session_id);
    expect(onChain(session.session_id).map(({ data }) => data.chunk_count)).toEqual([0, 8]);
  });

  test('keep their links although one became too old for the engine and was signed anew', async () => {
    const session = maker.request();
    engine.isAway = true;
    await rig.put(maker.checkpoint(session, 1));
    await rig.round();
    const [signed] = await rig.row(session.session_id);
    await rig.put(maker.checkpoint(session, 2));
    for (let minute = 0; minute < 130; minute++) {
      await rig.round();
      await clock.advance(60_000);
    }
    engine.isAway = false;
    await second(20);
    expectRow(session.session_id);
    const row = onChain(session.session_id);
    expect(row.map(({ data }) => data.chunk_count)).toEqual([1, 2]);
    expect(row[0]?.hash).not.toBe(signed?.transaction?.tx_hash);
  });

  test('that expired or failed are taken up again by the next one, under their number', async () => {
    const session = maker.request();
    engine.refusesWith = 'LUCID_ERR_6102';
    await rig.put(maker.checkpoint(session, 1));
    for (let turn = 0; turn < 7; turn++) {
      await rig.round();
      await clock.advance(60_000);
    }
    expect(await rig.row(session.session_id)).toMatchObject([{ status: 'failed' }]);
    engine.refusesWith = undefined;
    await rig.put(maker.checkpoint(session, 2));
    await second(10);
    expectRow(session.session_id);
    expect(onChain(session.session_id)).toHaveLength(2);
  });

  test('more than may wait are refused', async () => {
    ({ clock, engine, rig } = await nextStage({ maxWaiting: 2 }));
    const [one, two, three] = [maker.request(), maker.request(), maker.request()];
    await rig.put(maker.checkpoint(one, 0));
    await rig.put(maker.checkpoint(two, 0));
    await expect(rig.put(maker.checkpoint(three, 0))).rejects.toMatchObject({ code: 6403, status: 503 });
    await second(3);
    await rig.put(maker.checkpoint(three, 0));
  });
});

describe('the anchor of a session with checkpoints', () => {
  const anchorOf = (sessionId: string) =>
    engine.ofSession(sessionId).find(({ transaction }) => transaction.type === 'session_anchor');

  test('names how many and the last one, and is sent only when all of them are on the chain', async () => {
    const session = maker.request();
    await rig.put(maker.checkpoint(session, 0));
    await second(3);
    await rig.put(maker.checkpoint(session, 2));
    await rig.round(); // signed and sent, but in no block yet
    await rig.request(session);
    await rig.round();
    await clock.advance(5000);
    await rig.round();
    expect(anchorOf(session.session_id)).toBeUndefined();
    expect(await rig.found(session.session_id)).toMatchObject({ status: 'pending', checkpoint_count: 2 });
    await second(5);
    const row = onChain(session.session_id);
    const anchor = anchorOf(session.session_id);
    const data = anchor?.transaction.data as unknown as SessionAnchorData;
    expect(data.checkpoints).toEqual({ count: 2, last: row[1]?.hash });
    expect(await rig.found(session.session_id)).toMatchObject({ status: 'confirmed' });
    expect(row.map(({ data: { chunk_count } }) => chunk_count)).toEqual([0, 2]);
  });

  test('ends the row: nothing comes after it, and what was not signed yet gives way', async () => {
    const session = maker.request();
    await rig.put(maker.checkpoint(session, 0));
    await second(3);
    await rig.put(maker.checkpoint(session, 1)); // never had a turn
    await rig.request(session);
    await expect(rig.put(maker.checkpoint(session, 3))).rejects.toMatchObject({ code: 6406, status: 409 });
    await second(5);
    expect(onChain(session.session_id)).toHaveLength(1);
    expect(anchorData(await rig.found(session.session_id)).checkpoints).toMatchObject({ count: 1 });
    expect((await rig.request(session)).checkpoint_count).toBe(1);
  });

  test('counts exactly those that came before it, whoever is faster', async () => {
    for (let round = 0; round < 10; round++) {
      const session = maker.request();
      await rig.put(maker.checkpoint(session, 0));
      await second(3);
      const racing = [1, 2, 3].map((chunks) => rig.put(maker.checkpoint(session, chunks)));
      await Promise.allSettled([...racing, rig.request(session)]);
      await second(12);
      expectRow(session.session_id);
      const { checkpoints } = anchorData(await rig.found(session.session_id));
      const row = onChain(session.session_id);
      expect(checkpoints).toEqual({ count: row.length, last: row.at(-1)?.hash });
    }
  });

  test('of another owner is a conflict', async () => {
    const session = maker.request();
    await rig.put(maker.checkpoint(session, 0));
    await expect(rig.request({ ...session, owner_ref: 'ab'.repeat(32) })).rejects.toMatchObject({
      code: 6402,
    });
  });

  test('without any says nothing of them', async () => {
    const session = maker.request();
    await rig.request(session);
    await second(3);
    expect(anchorOf(session.session_id)?.transaction.data).not.toHaveProperty('checkpoints');
  });
});
