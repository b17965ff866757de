/**
 * The contract suite's ground: the same cases run against the embedded server and, when MONGODB_TEST_URI names one, against
 * any other server. Cases know only the official driver.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Collection,
  type Db,
  type Document,
  type Long,
  MongoClient,
  MongoServerError,
  type ObjectId,
} from 'mongodb';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type EmbeddedMongo, startEmbeddedMongo } from '../../src/app.ts';
import { KNOWN_DIFFERENCES } from './known-differences.ts';

export interface Row extends Document {
  _id?: string | number | ObjectId | Long | Date | Document | null;
}

export interface Ground {
  client: MongoClient;
  db: Db;
  /** A collection of this case alone, empty. */
  rows: Collection<Row>;
  /** A client of this case alone, with sessions of its own. */
  otherClient: () => Promise<MongoClient>;
  /** Another name nobody else uses. */
  freshName: () => string;
}

const EXTERNAL_URI = process.env.MONGODB_TEST_URI;
const external = EXTERNAL_URI !== undefined && EXTERNAL_URI !== '';

let embedded: EmbeddedMongo | undefined;
let dataDir: string | undefined;
let client: MongoClient;
let db: Db;
let names = 0;

/** Call once at the top of each file of cases. */
export function contractServer(): void {
  beforeAll(async () => {
    if (!external) {
      dataDir = await mkdtemp(join(tmpdir(), 'lucid-mongodb-'));
      embedded = await startEmbeddedMongo({ dataDir, username: 'contract', password: 'contract-password' });
    }
    client = await newClient();
    db = client.db(`contract_${randomBytes(5).toString('hex')}`);
  });
  afterAll(async () => {
    await db?.dropDatabase();
    await client?.close();
    await embedded?.close();
    if (dataDir) await rm(dataDir, { recursive: true });
  });
}

const newClient = (): Promise<MongoClient> =>
  new MongoClient(embedded?.uri ?? EXTERNAL_URI ?? '', { serverSelectionTimeoutMS: 5000 }).connect();

async function otherClient(): Promise<MongoClient> {
  const other = await newClient();
  onTestFinished(() => other.close());
  return other;
}

const freshName = (): string => `rows_${++names}`;

/** One case. Its name is a sentence and unique over the whole suite. */
export function contract(name: string, run: (ground: Ground) => Promise<void>): void {
  const difference = external ? KNOWN_DIFFERENCES[name] : undefined;
  it(difference ? `${name} (known difference: ${difference})` : name, { timeout: 30_000 }, async () => {
    const ground: Ground = {
      client,
      db,
      rows: db.collection<Row>(freshName()),
      otherClient,
      freshName,
    };
    if (!difference) return await run(ground);
    const failed = await run(ground).then(
      () => false,
      () => true,
    );
    expect(failed, `"${name}" passes: remove it from known-differences.ts`).toBe(true);
  });
}

/** The server error a promise rejects with. */
export async function errorOf(promise: Promise<unknown>): Promise<MongoServerError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error, 'the operation should have been refused').toBeInstanceOf(MongoServerError);
  return error as MongoServerError;
}

/** The `_id`s of what a filter finds, in their order. */
export async function idsOf(rows: Collection<Row>, filter: Document): Promise<unknown[]> {
  const found = await rows.find(filter, { sort: { _id: 1 }, projection: { _id: 1 } }).toArray();
  return found.map(({ _id }) => _id);
}

export const without = (row: Row | null, field = '_id'): Document => {
  const { [field]: _dropped, ...rest } = row ?? {};
  return rest;
};
