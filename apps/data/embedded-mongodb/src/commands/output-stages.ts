/** $out and $merge: the end of a pipeline that writes. Everything is written in one transaction. */
import type { Collection } from '../adapters/collection.ts';
import { findFirst } from '../adapters/query.ts';
import { decode } from '../domain/bson/codec.ts';
import { type Doc, isDocument } from '../domain/bson/types.ts';
import { compileUpdate } from '../domain/update/compile-update.ts';
import { valueAt } from '../domain/update/locate.ts';
import { errors } from '../errors.ts';
import type { CommandContext } from './command.ts';
import { insertDocument, replaceDocument, withId } from './write-documents.ts';

export function writeOutput(stage: Doc, docs: Iterable<Doc>, context: CommandContext): void {
  context.wrote = true;
  const rows = [...docs];
  if ('$out' in stage) out(stage.$out, rows, context);
  else merge(stage.$merge, rows, context);
}

function target(into: unknown, context: CommandContext): { db: string; name: string } {
  if (typeof into === 'string') return { db: context.db, name: into };
  if (isDocument(into) && typeof into.coll === 'string')
    return { db: typeof into.db === 'string' ? into.db : context.db, name: into.coll };
  throw errors.location(16990, 'the output stage needs the name of a collection');
}

/** Replaces the collection, and keeps its indexes. */
function out(operand: unknown, rows: Doc[], context: CommandContext): void {
  const { db, name } = target(operand, context);
  const { catalog, disk } = context.engine;
  disk.atomically(() => {
    const collection = catalog.getOrCreate(db, name);
    const rids = disk.statement(`SELECT rid FROM ${collection.table}`).all() as { rid: number }[];
    for (const { rid } of rids) {
      const row = collection.byRid(rid);
      if (row) collection.remove(rid, decode(row.bytes));
    }
    for (const row of rows) insertDocument(collection, withId(row), undefined, context);
  });
}

function merge(operand: unknown, rows: Doc[], context: CommandContext): void {
  const options: Doc = isDocument(operand) ? operand : { into: operand };
  const { db, name } = target(options.into, context);
  const on = [options.on ?? '_id'].flat().map(String);
  const matched = options.whenMatched ?? 'merge';
  const unmatched = options.whenNotMatched ?? 'insert';
  context.engine.disk.atomically(() => {
    const collection = context.engine.catalog.getOrCreate(db, name);
    for (const row of rows.map(withId)) {
      const filter = Object.fromEntries(
        on.map((path) => [path, { $eq: valueAt(row, path.split('.')) ?? null }]),
      );
      const stored = findFirst(collection, { filter }, context.environment, context.counts);
      if (stored) onMatch(collection, stored, row, matched, context);
      else if (unmatched === 'insert') insertDocument(collection, row, undefined, context);
      else if (unmatched === 'fail')
        throw errors.location(
          13113,
          '$merge could not find a matching document in the target collection for at least one document in the source collection',
        );
    }
  });
}

function onMatch(
  collection: Collection,
  stored: { rid: number; bytes: Uint8Array; doc: Doc },
  row: Doc,
  how: unknown,
  context: CommandContext,
): void {
  if (how === 'keepExisting') return;
  if (how === 'fail') throw errors.duplicateKey('$merge found a matching document and whenMatched is "fail"');
  const { _id: _dropped, ...fields } = row;
  const after = Array.isArray(how)
    ? compileUpdate(how, undefined, {
        ...context.environment,
        variables: { ...context.environment.variables, new: row },
      }).apply(stored.doc, { inserting: false, matched: undefined })
    : how === 'replace'
      ? { _id: stored.doc._id, ...fields }
      : { ...stored.doc, ...fields };
  replaceDocument(collection, stored, after, context);
}
