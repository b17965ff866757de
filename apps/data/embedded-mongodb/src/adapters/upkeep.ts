/** What has to happen now and then: documents past their time, cursors nobody reads, answers nobody will ask for again. */
import { decode } from '../domain/bson/codec.ts';
import { encodeField } from '../domain/bson/key-encoding.ts';
import { indexedValues } from '../domain/query/paths.ts';
import type { Collection, Index } from './collection.ts';
import type { Engine } from './engine.ts';
import { scan } from './scan.ts';

/** Documents removed per index and round, so that a round stays short. */
const MAX_REMOVED = 10_000;

/** Removes what TTL indexes say is over. @returns how many documents */
export function expireDocuments(engine: Engine, nowMs: number): number {
  return engine.catalog
    .all()
    .flatMap((collection) => collection.indexes.map((index) => ({ collection, index })))
    .reduce((removed, { collection, index }) => removed + expireByIndex(engine, collection, index, nowMs), 0);
}

function expireByIndex(engine: Engine, collection: Collection, index: Index, nowMs: number): number {
  const { expireAfterSeconds, fields } = index.spec;
  const [field] = fields;
  if (expireAfterSeconds === undefined || !field) return 0;
  const limitMs = nowMs - expireAfterSeconds * 1000;
  const rids = [...candidates(collection, index, field.descending, limitMs)];
  if (rids.length > 0) engine.disk.beginWrite();
  for (const rid of rids) {
    const row = collection.byRid(rid);
    const doc = row && decode(row.bytes);
    const dates = doc ? indexedValues(doc, field.parts).filter((value) => value instanceof Date) : [];
    // Of several dates the earliest counts.
    if (doc && dates.some((date) => date.getTime() <= limitMs)) collection.remove(rid, doc);
  }
  return rids.length;
}

function* candidates(
  collection: Collection,
  index: Index,
  descending: boolean,
  limitMs: number,
): Generator<number> {
  // Between the last number of all and the limit there are, of what expires, only dates.
  const edge = encodeField(new Date(limitMs + 1), descending);
  const dates = encodeField(new Date(-8.64e15), descending);
  const range = descending
    ? { low: edge, high: Buffer.concat([dates, Buffer.of(0xff)]) }
    : { low: dates, high: edge };
  const plan = {
    kind: 'IXSCAN',
    index,
    ranges: [range],
    reverse: false,
    sorted: true,
    exact: false,
  } as const;
  let taken = 0;
  for (const { rid } of scan(collection, { ...plan, ranges: [range] }, { keys: 0, docs: 0 })) {
    yield rid;
    taken += 1;
    if (taken >= MAX_REMOVED) return;
  }
}

/** One round. */
export async function upkeep(engine: Engine): Promise<{ expiredDocuments: number; expiredCursors: number }> {
  const nowMs = engine.clock.nowMs();
  const expiredDocuments = expireDocuments(engine, nowMs);
  const expiredCursors = engine.cursors.expire(nowMs);
  engine.retryableWrites.prune(nowMs);
  await engine.disk.settled(true);
  return { expiredDocuments, expiredCursors };
}
