/** Runs a find: plan, test, order, cut. The same road for find, update, delete, count, distinct and aggregate. */

import { decode } from '../domain/bson/codec.ts';
import type { Doc } from '../domain/bson/types.ts';
import type { Environment } from '../domain/expression/environment.ts';
import { choosePlan, type Plan } from '../domain/index/plan.ts';
import { compileFilter } from '../domain/query/filter.ts';
import { parseSort, sortBy } from '../domain/query/sort.ts';
import { errors } from '../errors.ts';
import type { Collection, Index, StoredDoc } from './collection.ts';
import { type ScanCounts, scan } from './scan.ts';

export interface Query {
  filter: Doc;
  sort?: Doc | undefined;
  skip?: number | undefined;
  /** 0 or undefined: no limit */
  limit?: number | undefined;
  hint?: unknown;
  /** Called now and then while rows are read; throws when the command has run too long. */
  checkTime?: (() => void) | undefined;
}

/** A row whose document is decoded when somebody looks at it. */
export interface Match {
  rid: number;
  bytes: Uint8Array;
  readonly doc: Doc;
}

const CHECK_EVERY_ROWS = 256;

const matchOf = (rid: number, bytes: Uint8Array, known?: Doc): Match => {
  let doc = known;
  return {
    rid,
    bytes,
    get doc() {
      doc ??= decode(bytes);
      return doc;
    },
  };
};

export function planOf(collection: Collection, query: Query): Plan<Index> {
  return choosePlan({
    filter: query.filter,
    sort: parseSort(withoutNatural(query.sort)),
    indexes: collection.indexes,
    hint: query.hint ?? naturalHint(query.sort),
  });
}

/** `{$natural: ±1}` as a sort is the hint to read in storage order. */
const naturalHint = (sort: Doc | undefined): Doc | undefined =>
  sort && '$natural' in sort ? sort : undefined;
const withoutNatural = (sort: Doc | undefined): Doc => (naturalHint(sort) ? {} : (sort ?? {}));

export function* runQuery(
  collection: Collection,
  query: Query,
  environment: Environment,
  counts: ScanCounts,
  plan = planOf(collection, query),
): Generator<Match> {
  const found = matching(collection, query, environment, counts, plan);
  const sorted = plan.sorted
    ? found
    : sortBy([...found], ({ doc }) => doc, parseSort(withoutNatural(query.sort)));
  const from = query.skip ?? 0;
  const to = query.limit ? from + query.limit : Number.POSITIVE_INFINITY;
  let position = 0;
  for (const match of sorted) {
    if (position >= from) yield match;
    position += 1;
    if (position >= to) return;
  }
}

function* matching(
  collection: Collection,
  query: Query,
  environment: Environment,
  counts: ScanCounts,
  plan: Plan<Index>,
): Generator<Match> {
  const everything = Object.keys(query.filter).length === 0;
  const exact = everything || (plan.kind === 'IXSCAN' && plan.exact);
  const filter = compileFilter(query.filter, environment);
  const wanted = exact && query.limit && plan.sorted ? (query.skip ?? 0) + query.limit : undefined;
  let seen = 0;
  for (const { rid, bytes } of scan(collection, plan, counts, wanted)) {
    seen += 1;
    if (seen % CHECK_EVERY_ROWS === 0) query.checkTime?.();
    if (exact) {
      yield matchOf(rid, bytes);
      continue;
    }
    const doc = decode(bytes);
    if (filter(doc)) yield matchOf(rid, bytes, doc);
  }
}

/** The first match, or undefined. */
export function findFirst(
  collection: Collection,
  query: Query,
  environment: Environment,
  counts: ScanCounts,
): StoredDoc | undefined {
  for (const { rid, bytes, doc } of runQuery(collection, { ...query, limit: 1 }, environment, counts))
    return { rid, bytes, doc };
  return undefined;
}

/** A function that throws once the time is up; undefined where there is no limit. */
export function timeLimit(maxTimeMs: number, monotonicMs: () => number): (() => void) | undefined {
  if (maxTimeMs <= 0) return undefined;
  const end = monotonicMs() + maxTimeMs;
  return () => {
    if (monotonicMs() > end) throw errors.maxTimeMsExpired('operation exceeded time limit');
  };
}
