import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNot } from '../src/can-run.ts';
import { cacheDir } from '../src/paths.ts';
import { mountsUnder } from '../src/system/mounts.ts';
import { isAlive } from '../src/system/process-identity.ts';
import { thisMachine } from '../src/this-machine.ts';

const MAIN = resolve(import.meta.dirname, '../src/main.ts');
const COLD_BUILD_MS = 20 * 60_000;

const cache = cacheDir(process.env);
const skipReason =
  process.env.LUCID_LAB === '1'
    ? await whyNot(thisMachine(cache, process.env))
    : 'starts real databases: set LUCID_LAB=1 to run it';

if (skipReason !== undefined) it(`the data lab works`, (test) => test.skip(skipReason));

describe.skipIf(skipReason !== undefined)('the data lab', () => {
  let dir = '';
  let client: MongoClient;
  const lab = (...args: string[]) =>
    execa(process.execPath, [MAIN, 'data', '--state', dir, ...args], { reject: false });
  const condition = async () => JSON.parse((await lab('--status', '--json')).stdout).instance;

  beforeAll(async () => {
    dir = join(await mkdtemp(join(tmpdir(), 'lab-')), 'instance');
    const { stdout, stderr } = await lab('--json');
    if (stdout === '') throw new Error(stderr);
    client = new MongoClient(JSON.parse(stdout).uri);
  }, COLD_BUILD_MS);

  afterAll(async () => {
    await client?.close();
    await lab('--down');
    await rm(resolve(dir, '..'), { recursive: true });
  }, 60_000);

  it('keeps documents, unique and partial indexes, and upserts atomically', async () => {
    const things = client.db('proof').collection('things');
    await things.createIndex({ key: 1 }, { unique: true });
    const partial = { unique: true, partialFilterExpression: { open: { $exists: true } } };
    await things.createIndex({ open: 1 }, partial);
    await things.insertMany([{ key: 1, open: 'a' }, { key: 2 }, { key: 3 }]);
    for (const twin of [{ key: 1 }, { key: 9, open: 'a' }])
      await expect(things.insertOne(twin)).rejects.toMatchObject({ code: 11000 });
    const update = { $inc: { n: 1 }, $setOnInsert: { made: true } };
    const options = { upsert: true, returnDocument: 'after' } as const;
    expect(await things.findOneAndUpdate({ key: 4 }, update, options)).toMatchObject({ n: 1, made: true });
    expect(await things.countDocuments()).toBe(4);
  });

  it('removes expired documents by itself within two minutes', async () => {
    const short = client.db('proof').collection('short');
    await short.createIndex({ at: 1 }, { expireAfterSeconds: 1 });
    await short.insertOne({ at: new Date(0) });
    await expect.poll(() => short.countDocuments(), { timeout: 120_000, interval: 1_000 }).toBe(0);
  }, 130_000);

  it('lets nobody in without the password', async () => {
    const { address } = await condition();
    await using stranger = new MongoClient(`mongodb://${address}/`, { serverSelectionTimeoutMS: 2_000 });
    await expect(stranger.db('proof').collection('things').findOne()).rejects.toThrow(/authentication/i);
  });

  it('recovers with its data after a kill -9, and a second start finds it up', async () => {
    const { pids } = await condition();
    process.kill(pids.postgres, 'SIGKILL');
    await expect.poll(async () => (await condition()).condition).toBe('stale');
    await client.close();
    const { uri } = JSON.parse((await lab('--json')).stdout);
    client = new MongoClient(uri);
    expect(await client.db('proof').collection('things').countDocuments()).toBe(4);
    expect(JSON.parse((await lab('--json')).stdout).uri).toBe(uri);
  }, 60_000);

  it('runs a command with the address in its environment and gives its exit code', async () => {
    const script = 'process.exit(process.env.MONGODB_TEST_URI.startsWith("mongodb://") ? 23 : 1)';
    const args = [MAIN, 'data', '--run', '--', process.execPath, '-e', script];
    expect((await execa(process.execPath, args, { reject: false })).exitCode).toBe(23);
  }, 60_000);

  it('leaves no process, no mount and no password behind', async () => {
    const { postgres, ferretdb } = JSON.parse(await readFile(join(dir, 'state.json'), 'utf8'));
    await client.close();
    expect((await lab('--down')).stdout).toBe('down, 2 processes ended');
    expect([await isAlive(postgres), await isAlive(ferretdb)]).toEqual([false, false]);
    expect(await mountsUnder(cache)).toEqual([]);
    await expect(readFile(join(dir, 'password'))).rejects.toThrow();
    expect((await lab('--down')).stdout).toBe('nothing was up');
  }, 60_000);
});
