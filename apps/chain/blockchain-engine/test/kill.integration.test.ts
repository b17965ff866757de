import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '@lucid/clock';
import type { Transaction } from '@lucid/ledger';
import { eventually, startTestMongo, TestIdentities, type TestMongo, temporaryFolder } from '@lucid/testing';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkChain } from '../src/adapters/check-chain.ts';
import { openRig } from './rig.ts';
import { type RunningEngine, startEngine } from './running-engine.ts';
import { ENGINE, transactionMaker } from './support.ts';

const identities = new TestIdentities();
identities.pemOf('lucid-session-anchoring');
const folder = temporaryFolder('engine-kill');
let mongo: TestMongo;

beforeAll(async () => {
  mongo = await startTestMongo();
});
afterAll(async () => {
  await mongo?.close();
  folder.remove();
  identities[Symbol.dispose]();
});

/** @returns true when the engine said that it has all of them */
async function submit({ url }: RunningEngine, transactions: Transaction[]): Promise<boolean> {
  try {
    const headers = await identities.headers('lucid-session-anchoring', ENGINE);
    const answer = await fetch(`${url}/api/v1/transactions/batch`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ transactions }),
    });
    return answer.status === 202 && ((await answer.json()) as { failed_count: number }).failed_count === 0;
  } catch {
    return false; // it died before it could answer
  }
}

const SEED = Number(process.env.LUCID_TEST_SEED ?? randomInt(1_000_000));
const LIVES = 5;

test(`killed at random moments, it loses and doubles nothing (LUCID_TEST_SEED=${SEED})`, {
  timeout: 120_000,
}, async () => {
  console.log(`seed ${SEED}`);
  const maker = transactionMaker(SEED);
  const start = () => startEngine({ identities, mongoUri: mongo.uri('lucid_kill'), folder: folder.path });
  const tried: Transaction[] = [];
  const acknowledged: Transaction[] = [];
  for (let life = 0; life < LIVES; life++) {
    const engine = await start();
    let isAlive = true;
    const submitting = (async () => {
      while (isAlive) {
        const batch = Array.from({ length: 1 + Math.floor(maker.random.fraction() * 20) }, () =>
          maker.plain(),
        );
        tried.push(...batch);
        if (await submit(engine, batch)) acknowledged.push(...batch);
      }
    })();
    await delay(200 + maker.random.fraction() * 1500);
    await engine.stop('SIGKILL');
    isAlive = false;
    await submitting;
  }
  const engine = await start();
  for (let at = 0; at < tried.length; at += 100)
    expect(await submit(engine, tried.slice(at, at + 100))).toBe(true);

  const client = await new MongoClient(mongo.uri('lucid_kill')).connect();
  try {
    const database = client.db();
    await eventually('nothing waits any more', async () => {
      const waiting = await database.collection('mempool').countDocuments();
      return waiting === 0;
    });
    await engine.stop();
    const { ledger, validators } = await openRig(database, { clock: systemClock });
    const tip = (await ledger.blocks.head())?._id ?? -1;
    const checked = await checkChain(ledger, validators, { from: 0, to: tip });
    expect(checked).toEqual({ blocks: tip + 1, transactions: tried.length + 1 });
    expect(acknowledged.length).toBeGreaterThan(0);
    for (const { tx_id } of tried)
      expect(await ledger.transactions.find(tx_id)).toMatchObject({ status: 'confirmed' });
  } finally {
    await client.close();
    await engine.stop('SIGKILL');
  }
});
