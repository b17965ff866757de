import type { FakeClock } from '@lucid/testing';
import { beforeEach, expect, test } from 'vitest';
import { EXPIRY_MS } from '../src/domain/delivery.ts';
import type { PretendedEngine } from './pretended-engine.ts';
import type { Rig } from './rig.ts';
import { stages } from './stages.ts';
import { requestMaker } from './support.ts';

const nextStage = stages('delivery');
const maker = requestMaker('delivery');
const BATCH_WAIT_MS = 5000;
let clock: FakeClock;
let engine: PretendedEngine;
let rig: Rig;

beforeEach(async () => {
  ({ clock, engine, rig } = await nextStage({ gatherMs: BATCH_WAIT_MS }));
});

test('nine wait for five seconds and go out together; ten go out at once', async () => {
  for (let n = 0; n < 9; n++) await rig.request(maker.request());
  await rig.round();
  expect(engine.sends).toBe(0);
  await clock.advance(BATCH_WAIT_MS - 1);
  await rig.round();
  expect(engine.sends).toBe(0);
  await clock.advance(1);
  await rig.round();
  expect([engine.sends, engine.records.size]).toEqual([1, 9]);
  for (let n = 0; n < 10; n++) await rig.request(maker.request());
  await rig.round();
  expect([engine.sends, engine.records.size]).toEqual([2, 19]);
});

test('of twelve the ten oldest go out at once, and the two others when they have waited', async () => {
  const asked = Array.from({ length: 12 }, () => maker.request());
  for (const one of asked) {
    await rig.request(one);
    await clock.advance(10);
  }
  await rig.round();
  const statuses = await Promise.all(
    asked.map(async ({ session_id }) => (await rig.found(session_id)).status),
  );
  expect(statuses).toEqual([...Array(10).fill('processing'), 'pending', 'pending']);
  await clock.advance(BATCH_WAIT_MS);
  for (let turn = 0; turn < 2; turn++) await rig.round(); // the ten are looked at first
  expect(engine.records.size).toBe(12);
});

test('an engine that has not come as far as another takes nothing back', async () => {
  const asked = maker.request();
  await rig.request(asked);
  await clock.advance(BATCH_WAIT_MS);
  await rig.round();
  engine.makeBlock();
  await clock.advance(1000);
  await rig.round();
  const confirmed = await rig.found(asked.session_id);
  expect(confirmed).toMatchObject({ status: 'confirmed', block_height: 1 });
  for (let n = 0; n < 6; n++) engine.makeBlock();
  const { find } = engine;
  engine.find = async () => undefined; // answers from where the transaction is not known yet
  for (let turn = 0; turn < 5; turn++) {
    await clock.advance(1000);
    await rig.round();
  }
  const { tip } = engine;
  engine.find = find;
  engine.tip = async () => ({ height: 0, blockTimeMs: 1000 }); // and from where there is hardly a block
  await clock.advance(1000);
  await rig.round();
  expect(await rig.found(asked.session_id)).toEqual({
    ...confirmed,
    due_at_ms: clock.nowMs() + 6000,
    failures: 0,
  });
  engine.tip = tip;
  await clock.advance(6000);
  await rig.round();
  expect(await rig.found(asked.session_id)).toMatchObject({ status: 'confirmed', finalized: true });
});

test('a transaction that another engine has just taken is not sent again for that', async () => {
  const asked = maker.request();
  await rig.request(asked);
  await clock.advance(BATCH_WAIT_MS);
  await rig.round();
  const { find } = engine;
  engine.find = async () => undefined;
  await clock.advance(1000);
  await rig.round();
  engine.find = find;
  expect(await rig.found(asked.session_id)).toMatchObject({ status: 'processing', attempts: 1, failures: 0 });
});

test('what was given up is tried again when it is asked for, and is on the chain once', async () => {
  const [refused, late] = [maker.request(), maker.request()];
  engine.refusesWith = 'LUCID_ERR_6102';
  await rig.request(refused);
  for (let turn = 0; turn < 7; turn++) {
    await clock.advance(60_000);
    await rig.round();
  }
  engine.isAway = true;
  await rig.request(late);
  await clock.advance(EXPIRY_MS);
  await rig.round();
  expect(await rig.found(refused.session_id)).toMatchObject({ status: 'failed' });
  expect(await rig.found(late.session_id)).toMatchObject({ status: 'expired' });
  engine.isAway = false;
  engine.refusesWith = undefined;
  for (const { session_id } of [refused, late, refused]) await rig.anchorings.revive(session_id);
  for (let turn = 0; turn < 4; turn++) {
    await rig.round();
    engine.makeBlock();
    await clock.advance(5000);
  }
  for (const { session_id } of [refused, late]) {
    expect(await rig.found(session_id)).toMatchObject({ status: 'confirmed' });
    expect(engine.ofSession(session_id)).toHaveLength(1);
    await rig.anchorings.revive(session_id);
    expect(await rig.found(session_id)).toMatchObject({ status: 'confirmed' });
  }
});

test('more than a thousand that wait are refused', async () => {
  ({ clock, engine, rig } = await nextStage({ maxWaiting: 3 }));
  const asked = [maker.request(), maker.request(), maker.request()];
  for (const one of asked) await rig.request(one);
  await expect(rig.request(maker.request())).rejects.toMatchObject({ code: 6403, status: 503 });
  const [known] = asked;
  if (known) expect((await rig.request(known)).status).toBe('pending');
});
