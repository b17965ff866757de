/** update and delete. */
import { ObjectId } from 'bson';
import type { Collection } from '../adapters/collection.ts';
import { findFirst, type Query, runQuery } from '../adapters/query.ts';
import { count, int, toNumber } from '../domain/bson/numbers.ts';
import { type Doc, isDocument, isNumber } from '../domain/bson/types.ts';
import type { Environment } from '../domain/expression/environment.ts';
import { compileFilter, type Filter } from '../domain/query/filter.ts';
import type { MatchContext } from '../domain/query/paths.ts';
import { compileUpdate, type Update } from '../domain/update/compile-update.ts';
import { seedOfUpsert } from '../domain/update/upsert.ts';
import { errors } from '../errors.ts';
import { collectionName, docList, flag, refuseCollation } from './arguments.ts';
import type { CommandContext, Commands, Handler } from './command.ts';
import { checkBatch } from './insert-command.ts';
import {
  collectionForWrite,
  existingForWrite,
  insertDocument,
  replaceDocument,
  withId,
  writeError,
} from './write-documents.ts';

/** The document an upsert inserts. */
export function upserted(filter: Doc, update: Update): Doc {
  const seed = seedOfUpsert(filter);
  const base = update.replaces ? ('_id' in seed ? { _id: seed._id } : {}) : seed;
  const doc = update.apply(base, { inserting: true, matched: undefined });
  return withId('_id' in doc ? doc : { _id: new ObjectId(), ...doc });
}

/** Applies an update to a stored document. @returns false when nothing changed */
export function changed(
  collection: Collection,
  stored: { rid: number; bytes: Uint8Array; doc: Doc },
  update: Update,
  filter: Filter,
  context: CommandContext,
): { after: Doc; modified: boolean } {
  const found: MatchContext = {};
  filter(stored.doc, found);
  const after = update.apply(stored.doc, { inserting: false, matched: found.index });
  return { after, modified: replaceDocument(collection, stored, after, context) };
}

/** `let` of the command and `c` of a pipeline update, as variables. */
export function withVariables(context: CommandContext, constants: unknown): Environment {
  const variables = { ...context.environment.variables, ...(isDocument(constants) ? constants : {}) };
  return { ...context.environment, variables };
}

interface Outcome {
  matched: number;
  modified: number;
  upsertedId?: unknown;
}

function updateOne(collection: Collection | undefined, statement: Doc, context: CommandContext): Outcome {
  const { q, u, multi, upsert, arrayFilters, hint, collation, c, sort } = statement;
  refuseCollation(collation);
  if (!isDocument(q)) throw errors.missingField('update.updates', 'q');
  if (u === undefined) throw errors.missingField('update.updates', 'u');
  const environment = withVariables(context, c);
  const update = compileUpdate(u, arrayFilters, environment);
  if (multi === true && update.replaces)
    throw errors.failedToParse('multi update is not supported for replacement-style update');
  const filter = compileFilter(q, environment);
  const query: Query = {
    filter: q,
    hint,
    sort: isDocument(sort) ? sort : undefined,
    checkTime: context.checkTime,
  };
  if (!collection) return { matched: 0, modified: 0 };
  // All matches are found before the first one changes, so that no document is met twice.
  const first = multi === true ? undefined : findFirst(collection, query, environment, context.counts);
  const matches =
    multi === true ? [...runQuery(collection, query, environment, context.counts)] : first ? [first] : [];
  if (matches.length === 0 && upsert === true) {
    const doc = insertDocument(collection, upserted(q, update), undefined, context);
    return { matched: 1, modified: 0, upsertedId: doc._id };
  }
  let modified = 0;
  for (const match of matches)
    if (changed(collection, match, update, filter, context).modified) modified += 1;
  return { matched: matches.length, modified };
}

const update: Handler = (context) => {
  const statements = docList(context, 'updates');
  checkBatch(statements.length);
  const name = collectionName(context);
  // Only an upsert makes a collection.
  const creates = statements.some(({ upsert }) => upsert === true);
  const collection = creates ? collectionForWrite(context, name) : existingForWrite(context, name);
  const result = { n: 0, nModified: 0, upserted: [] as Doc[], writeErrors: [] as Doc[] };
  for (const [index, statement] of statements.entries()) {
    try {
      const outcome = updateOne(collection, statement, context);
      result.n += outcome.matched;
      result.nModified += outcome.modified;
      if ('upsertedId' in outcome) result.upserted.push({ index: int(index), _id: outcome.upsertedId });
    } catch (error) {
      result.writeErrors.push(writeError(index, error));
      if (flag(context, 'ordered', true)) break;
    }
  }
  return {
    n: count(result.n),
    ...(result.upserted.length > 0 ? { upserted: result.upserted } : {}),
    nModified: count(result.nModified),
    ...(result.writeErrors.length > 0 ? { writeErrors: result.writeErrors } : {}),
  };
};

function deleteMatching(collection: Collection | undefined, statement: Doc, context: CommandContext): number {
  const { q, limit, hint, collation } = statement;
  refuseCollation(collation);
  if (!isDocument(q)) throw errors.missingField('delete.deletes', 'q');
  if (!isNumber(limit) || ![0, 1].includes(toNumber(limit)))
    throw errors.failedToParse('The limit field in delete objects must be 0 or 1.');
  compileFilter(q, context.environment);
  if (!collection) return 0;
  const query: Query = { filter: q, hint, limit: toNumber(limit), checkTime: context.checkTime };
  const matches = [...runQuery(collection, query, context.environment, context.counts)];
  if (matches.length > 0) context.engine.disk.beginWrite();
  for (const { rid, doc } of matches) collection.remove(rid, doc);
  return matches.length;
}

const remove: Handler = (context) => {
  const statements = docList(context, 'deletes');
  checkBatch(statements.length);
  context.wrote = true;
  const collection = context.engine.catalog.get(context.db, collectionName(context));
  const writeErrors: Doc[] = [];
  let n = 0;
  for (const [index, statement] of statements.entries()) {
    try {
      n += deleteMatching(collection, statement, context);
    } catch (error) {
      writeErrors.push(writeError(index, error));
      if (flag(context, 'ordered', true)) break;
    }
  }
  return { n: count(n), ...(writeErrors.length > 0 ? { writeErrors } : {}) };
};

export const UPDATE_COMMANDS: Commands = {
  update: { run: update, retryable: true, fields: ['updates', 'ordered', 'bypassDocumentValidation', 'let'] },
  delete: { run: remove, retryable: true, fields: ['deletes', 'ordered', 'let'] },
};
