/**
 * Reading by plan. Rows come in chunks that remember where they stopped, so a cursor holds no lock and no snapshot: what
 * changes between two chunks may or may not be seen, as in MongoDB.
 */
import type { SQLInputValue, StatementSync } from 'node:sqlite';
import type { KeyRange, Plan } from '../domain/index/plan.ts';
import type { Collection, Index, Row } from './collection.ts';

/** What a scan looked at, for `explain` and the metrics. */
export interface ScanCounts {
  keys: number;
  docs: number;
}

interface KeyRow extends Row {
  key: Uint8Array;
}

/** Rows of the first chunk of a scan that may stop early; later ones grow. */
const FIRST_CHUNK = 16;
const LARGEST_CHUNK = 512;
const nextSize = (size: number): number => Math.min(size * 4, LARGEST_CHUNK);

/** @param wanted rows the caller expects to need; only sizes the first chunk */
export function* scan(
  collection: Collection,
  plan: Plan<Index>,
  counts: ScanCounts,
  wanted = FIRST_CHUNK,
): Generator<Row> {
  if (plan.kind === 'COLLSCAN') return yield* collectionScan(collection, plan.reverse, counts, wanted);
  if (plan.kind === 'IXSCAN') {
    const rows = indexScan(collection, plan.index, plan.ranges, plan.reverse, counts, wanted);
    return yield* plan.index.multikey ? distinct(rows) : rows;
  }
  const all = plan.branches.map(({ index, ranges }) =>
    indexScan(collection, index, ranges, false, counts, wanted),
  );
  yield* distinct(chain(all));
}

function* chain(scans: Iterable<Row>[]): Generator<Row> {
  for (const rows of scans) yield* rows;
}

function* distinct(rows: Iterable<Row>): Generator<Row> {
  const seen = new Set<number>();
  for (const row of rows) {
    if (seen.has(row.rid)) continue;
    seen.add(row.rid);
    yield row;
  }
}

function* collectionScan(
  collection: Collection,
  reverse: boolean,
  counts: ScanCounts,
  wanted: number,
): Generator<Row> {
  const next = collection.disk.statement(
    reverse
      ? `SELECT rid, doc AS bytes FROM ${collection.table} WHERE rid < ? ORDER BY rid DESC LIMIT ?`
      : `SELECT rid, doc AS bytes FROM ${collection.table} WHERE rid > ? ORDER BY rid LIMIT ?`,
  );
  let last = reverse ? Number.MAX_SAFE_INTEGER : -1;
  for (let size = Math.max(wanted, 1); ; size = nextSize(size)) {
    const rows = next.all(last, size) as unknown as Row[];
    for (const row of rows) {
      counts.docs += 1;
      last = row.rid;
      yield row;
    }
    if (rows.length < size) return;
  }
}

function* indexScan(
  collection: Collection,
  index: Index,
  ranges: KeyRange[],
  reverse: boolean,
  counts: ScanCounts,
  wanted: number,
): Generator<Row> {
  const statements = statementsOf(collection, index, reverse);
  for (const { low, high } of reverse ? [...ranges].reverse() : ranges) {
    let from: { key: Uint8Array; rid: number } | undefined;
    for (let size = Math.max(wanted, 1); ; size = nextSize(size)) {
      const rows = fetch(statements, low, high, from, reverse, size);
      for (const row of rows) {
        counts.keys += 1;
        counts.docs += 1;
        from = row;
        yield row;
      }
      if (rows.length < size) break;
    }
  }
}

interface Statements {
  first: StatementSync;
  next: StatementSync;
}

function fetch(
  { first, next }: Statements,
  low: Buffer,
  high: Buffer,
  from: { key: Uint8Array; rid: number } | undefined,
  reverse: boolean,
  size: number,
): KeyRow[] {
  const parameters: SQLInputValue[] = from
    ? [from.key, from.rid, reverse ? low : high, size]
    : [low, high, size];
  return (from ? next : first).all(...parameters) as unknown as KeyRow[];
}

function statementsOf(collection: Collection, index: Index, reverse: boolean): Statements {
  const { disk, table } = collection;
  const key = index.id === 0 ? 'k.id_key' : 'k.key';
  const source =
    index.id === 0
      ? `SELECT k.id_key AS key, k.rid AS rid, k.doc AS bytes FROM ${table} k`
      : `SELECT k.key AS key, k.rid AS rid, c.doc AS bytes FROM ${collection.tableOf(index)} k JOIN ${table} c ON c.rid = k.rid`;
  const way = reverse ? 'DESC' : 'ASC';
  // A unique key names its row alone; otherwise equal keys go on by row number.
  const order = index.spec.unique ? `ORDER BY ${key} ${way}` : `ORDER BY ${key} ${way}, k.rid ${way}`;
  const beyond = index.spec.unique
    ? `${key} ${reverse ? '<' : '>'} ?1 AND ?2 IS NOT NULL`
    : `(${key}, k.rid) ${reverse ? '<' : '>'} (?1, ?2)`;
  return {
    first: disk.statement(`${source} WHERE ${key} >= ? AND ${key} < ? ${order} LIMIT ?`),
    next: disk.statement(`${source} WHERE ${beyond} AND ${key} ${reverse ? '>=' : '<'} ?3 ${order} LIMIT ?4`),
  };
}
