import { eventually, startTestMongo, TestIdentities, type TestMongo, temporaryFolder } from '@lucid/testing';
import { MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type RunningEngine, spawnEngine, startEngine } from './running-engine.ts';

const identities = new TestIdentities();
const folder = temporaryFolder('engine-process');
const running: RunningEngine[] = [];
let mongo: TestMongo;

beforeAll(async () => {
  mongo = await startTestMongo();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((engine) => engine.stop('SIGKILL')));
});
afterAll(async () => {
  await mongo?.close();
  folder.remove();
  identities[Symbol.dispose]();
});

const options = (database: string, over: Record<string, string> = {}) => ({
  identities,
  mongoUri: mongo.uri(database),
  folder: folder.path,
  over,
});

async function start(database: string, over: Record<string, string> = {}): Promise<RunningEngine> {
  const engine = await startEngine(options(database, over));
  running.push(engine);
  return engine;
}

async function info({ url }: RunningEngine): Promise<{ current_height: number; genesis_block: string }> {
  return (await fetch(`${url}/api/v1/blockchain/info`)).json() as never;
}

const makesBlocks = async ({ url }: RunningEngine): Promise<boolean> =>
  /^blockchain_writer 1$/m.test(await (await fetch(`${url}/metrics`)).text());

test('with another key than the chain was begun with it does not start, and says so in one line', {
  timeout: 30_000,
}, async () => {
  const first = await start('lucid_refusal');
  await first.stop();
  for (const [name, value] of [
    ['BLOCKCHAIN_VALIDATOR_KEY', '07'.repeat(32)],
    ['BLOCKCHAIN_NODE_ID', '0b'.repeat(16)],
    ['GENESIS_CREATED_AT', '2026-01-01T00:00:01.000Z'],
  ] as const) {
    const refused = await spawnEngine(options('lucid_refusal', { [name]: value, LOG_LEVEL: 'fatal' }));
    running.push(refused);
    expect(await refused.ended).toBe(1);
    const lines = refused.output().trim().split('\n');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`cannot start: ${name} is not what this chain was begun with`);
    expect(lines[0]).not.toContain(value);
  }
});

test('over a chain that was touched it does not start, and names height and reason', {
  timeout: 30_000,
}, async () => {
  const first = await start('lucid_touched');
  await eventually('a few blocks', async () => (await info(first)).current_height >= 2);
  await first.stop();
  const client = await new MongoClient(mongo.uri('lucid_touched')).connect();
  await client
    .db()
    .collection<{ _id: number }>('blocks')
    .updateOne({ _id: 1 }, { $set: { 'header.validator': 'somebody' } });
  await client.close();
  const refused = await spawnEngine(options('lucid_touched', { LOG_LEVEL: 'fatal' }));
  running.push(refused);
  expect(await refused.ended).toBe(1);
  expect(refused.output()).toContain('the chain is broken at height 1: its hash is not that of its header');
});

test('of two instances one makes blocks, and when it is killed the other goes on with the same chain', {
  timeout: 60_000,
}, async () => {
  const lease = { WRITER_LEASE_MS: '2000' };
  const first = await start('lucid_pair', { INSTANCE_ID: 'a', ...lease });
  await eventually('the first makes blocks', async () => (await info(first)).current_height >= 1);
  const second = await start('lucid_pair', { INSTANCE_ID: 'b', ...lease });
  expect([await makesBlocks(first), await makesBlocks(second)]).toEqual([true, false]);
  const before = await info(second);
  await first.stop('SIGKILL');
  await eventually('the second makes blocks', async () => {
    const now = await info(second);
    return (await makesBlocks(second)) && now.current_height > before.current_height + 2;
  });
  expect((await info(second)).genesis_block).toBe(before.genesis_block);
});

test('when told to stop it gives the lease back, so that the other needs not wait', {
  timeout: 60_000,
}, async () => {
  const lease = { WRITER_LEASE_MS: '60000' };
  const first = await start('lucid_handover', { INSTANCE_ID: 'a', ...lease });
  await eventually('the first makes blocks', () => makesBlocks(first));
  const second = await start('lucid_handover', { INSTANCE_ID: 'b', ...lease });
  await first.stop();
  await eventually('the second makes blocks', () => makesBlocks(second), { timeoutMs: 5000 });
});
