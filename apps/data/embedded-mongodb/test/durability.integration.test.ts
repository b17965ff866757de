import { type Random, seededRandom } from '@lucid/clock';
import { type Collection, MongoClient } from 'mongodb';
import { expect, it } from 'vitest';
import { temporaryFolder } from './support/folders.ts';
import { serverProcess } from './support/process.ts';

interface Row {
  _id: number;
  key: string;
  n: number;
}

const WRITERS = 6;
const ROUNDS = 3;

/** What the server has promised: the value acknowledged last, and the one that was on its way. */
interface Promised {
  /** Acknowledgements received so far. */
  count: number;
  acknowledged: Map<number, number | undefined>;
  onTheWay: Map<number, number | undefined>;
}

/** Inserts, updates and deletes ids of its own until the server is gone. */
async function write(
  rows: Collection<Row>,
  writer: number,
  random: Random,
  promised: Promised,
): Promise<void> {
  for (;;) {
    const _id = writer * 1000 + Math.floor(random.fraction() * 40);
    const known = promised.acknowledged.get(_id);
    const n = Math.floor(random.fraction() * 1e9);
    const remove = known !== undefined && random.fraction() < 0.2;
    promised.onTheWay.set(_id, remove ? undefined : n);
    try {
      if (remove) await rows.deleteOne({ _id });
      else if (known === undefined) await rows.insertOne({ _id, key: `key-${_id}`, n });
      else await rows.updateOne({ key: `key-${_id}` }, { $set: { n } });
    } catch {
      return; // the server was killed: what was on its way may or may not have happened
    }
    promised.acknowledged.set(_id, remove ? undefined : n);
    promised.onTheWay.delete(_id);
    promised.count += 1;
  }
}

async function check(rows: Collection<Row>, promised: Promised): Promise<void> {
  const found = new Map(
    (await rows.find({}, { hint: { $natural: 1 } }).toArray()).map((row) => [row._id, row]),
  );
  for (const [_id, n] of promised.acknowledged) {
    const allowed = promised.onTheWay.has(_id) ? [n, promised.onTheWay.get(_id)] : [n];
    expect(allowed, `document ${_id}`).toContain(found.get(_id)?.n);
  }
  for (const row of found.values()) expect(await rows.findOne({ key: row.key })).toEqual(row);
  const byIndex = await rows.find({ key: /^key-/ }).hint('key_1').toArray();
  expect(byIndex.length).toBe(found.size);
  // What happened to the writes that were on their way is known now.
  for (const _id of promised.onTheWay.keys()) promised.acknowledged.set(_id, found.get(_id)?.n);
  promised.onTheWay.clear();
}

it('kill -9 at random moments loses no acknowledged write, and indexes agree with documents', async () => {
  const seed = Date.now();
  console.log(`seed ${seed}`);
  const random = seededRandom(seed);
  const environment = {
    DATA_DIR: await temporaryFolder(),
    MONGO_INITDB_ROOT_USERNAME: 'root',
    MONGO_INITDB_ROOT_PASSWORD: 'a-password-for-this-test',
  };
  const promised: Promised = { count: 0, acknowledged: new Map(), onTheWay: new Map() };
  for (let round = 0; round <= ROUNDS; round++) {
    const server = await serverProcess(environment);
    const uri = `mongodb://root:a-password-for-this-test@127.0.0.1:${server.port}/?authSource=admin`;
    const client = new MongoClient(uri, { retryWrites: false, serverSelectionTimeoutMS: 2000 });
    const rows = client.db('crash').collection<Row>('rows');
    await rows.createIndex({ key: 1 }, { unique: true });
    await check(rows, promised);
    if (round < ROUNDS) {
      const writers = Array.from({ length: WRITERS }, (_, i) =>
        write(rows, i, seededRandom(`${seed}-${round}-${i}`), promised),
      );
      const wanted = promised.count + 50 + Math.floor(random.fraction() * 300);
      await expect.poll(() => promised.count >= wanted, { interval: 1, timeout: 20_000 }).toBe(true);
      await server.kill();
      await Promise.all(writers);
    } else expect(await server.stop()).toBe(0);
    await client.close();
  }
  expect(promised.count).toBeGreaterThan(ROUNDS * 50);
}, 60_000);
