import { Long, UUID } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { startEmbeddedMongo } from '../src/app.ts';
import { int } from '../src/domain/bson/numbers.ts';
import { connected, embedded } from './support/embedded.ts';
import { temporaryFolder } from './support/folders.ts';
import { rawCommand } from './support/raw-client.ts';

describe('after a restart', () => {
  it('documents, indexes and their rules are there again', async () => {
    const dataDir = await temporaryFolder();
    const first = await embedded({ dataDir });
    const before = (await connected(first.uri))
      .db('x')
      .collection<{ _id: number; k: unknown; n?: unknown }>('c');
    await before.createIndex({ k: 1 }, { unique: true, partialFilterExpression: { k: { $exists: true } } });
    await before.insertMany([
      { _id: 1, k: 'a', n: Long.fromString('9007199254740993') },
      { _id: 2, k: ['b', 'c'] },
    ]);
    await first.close();
    const rows = (await connected((await embedded({ dataDir })).uri))
      .db('x')
      .collection<{ _id: number; k: unknown }>('c');
    await expect(rows.insertOne({ _id: 3, k: 'c' })).rejects.toMatchObject({ code: 11000 });
    expect((await rows.find({ k: 'b' }).explain('executionStats')).executionStats.totalKeysExamined).toBe(1);
    expect(await rows.countDocuments()).toBe(2);
  });

  it('a retried write is still known', async () => {
    const dataDir = await temporaryFolder();
    const insert = {
      insert: 'c',
      documents: [{ n: int(1) }],
      lsid: { id: new UUID() },
      txnNumber: Long.fromNumber(5),
      $db: 'x',
    };
    const first = await embedded({ dataDir });
    expect(await rawCommand(first.address.port, insert)).toMatchObject({ n: int(1) });
    await first.close();
    const { address } = await embedded({ dataDir });
    expect(await rawCommand(address.port, insert)).toMatchObject({ n: int(1) });
    expect(await rawCommand(address.port, { count: 'c', $db: 'x' })).toMatchObject({ n: int(1) });
    const older = { ...insert, txnNumber: Long.fromNumber(4) };
    expect(await rawCommand(address.port, older)).toMatchObject({ code: int(225) });
  });

  it('a data directory in use is not opened twice', async () => {
    const dataDir = await temporaryFolder();
    await embedded({ dataDir });
    await expect(startEmbeddedMongo({ dataDir, allowUnauthenticated: true })).rejects.toThrow(/locked/);
  });
});
