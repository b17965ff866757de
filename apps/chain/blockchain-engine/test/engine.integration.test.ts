import { eventually, startTestMongo, TestIdentities, type TestMongo, temporaryFolder } from '@lucid/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningEngine, startEngine } from './running-engine.ts';
import { ENGINE, transactionMaker } from './support.ts';

const identities = new TestIdentities();
const folder = temporaryFolder('engine');
let mongo: TestMongo;
let engine: RunningEngine;

beforeAll(async () => {
  mongo = await startTestMongo();
  engine = await startEngine({ identities, mongoUri: mongo.uri('lucid_blocks'), folder: folder.path });
});
afterAll(async () => {
  await engine?.stop();
  await mongo?.close();
  folder.remove();
  identities[Symbol.dispose]();
});

test('a transaction goes in and its proof comes out', async () => {
  const headers = await identities.headers('lucid-session-anchoring', ENGINE);
  const tx = transactionMaker('first').anchor();
  const answer = await fetch(`${engine.url}/api/v1/transactions`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(tx),
  });
  expect([answer.status, await answer.json()]).toMatchObject([202, { status: 'pending' }]);
  const proof = await eventually('the proof', async () => {
    const response = await fetch(`${engine.url}/api/v1/transactions/${tx.tx_id}/proof`, { headers });
    return response.ok ? ((await response.json()) as { transaction: unknown }) : undefined;
  });
  expect(proof.transaction).toEqual(tx);
});
