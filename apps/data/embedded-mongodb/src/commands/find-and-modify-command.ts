import type { Collection, StoredDoc } from '../adapters/collection.ts';
import { findFirst } from '../adapters/query.ts';
import { int } from '../domain/bson/numbers.ts';
import { type Doc, isDocument } from '../domain/bson/types.ts';
import { compileFilter } from '../domain/query/filter.ts';
import type { MatchContext } from '../domain/query/paths.ts';
import { compileProjection } from '../domain/query/projection.ts';
import { isPositional } from '../domain/query/projection-operators.ts';
import { compileUpdate, type Update } from '../domain/update/compile-update.ts';
import { errors } from '../errors.ts';
import { collectionName, docOrEmpty, flag } from './arguments.ts';
import type { CommandContext, Commands, Handler } from './command.ts';
import { queryOf } from './read-commands.ts';
import { changed, upserted } from './update-command.ts';
import { collectionForWrite, existingForWrite, insertDocument } from './write-documents.ts';

interface Outcome {
  /** The document to answer with, before projection. */
  value: Doc | null;
  updatedExisting?: boolean;
  upsertedId?: unknown;
  n: number;
}

const findAndModify: Handler = (context) => {
  const { command } = context;
  const remove = flag(context, 'remove');
  const wantsNew = flag(context, 'new');
  const upsert = flag(context, 'upsert');
  if (remove && command.update !== undefined)
    throw errors.failedToParse('Cannot specify both an update and remove=true');
  if (!remove && command.update === undefined)
    throw errors.failedToParse('Either an update or remove=true must be specified');
  if (remove && upsert) throw errors.failedToParse('Cannot specify both upsert=true and remove=true');
  if (remove && wantsNew)
    throw errors.failedToParse(
      "Cannot specify both new=true and remove=true; 'remove' always returns the deleted document",
    );
  const query = queryOf(context, 'query');
  const filter = compileFilter(query.filter, context.environment);
  const update = remove
    ? undefined
    : compileUpdate(command.update, command.arrayFilters, context.environment);
  const project = projector(context, query.filter);
  const name = collectionName(context);
  const collection = upsert ? collectionForWrite(context, name) : existingForWrite(context, name);
  if (!collection)
    return { lastErrorObject: { n: int(0), ...(remove ? {} : { updatedExisting: false }) }, value: null };
  const stored = findFirst(collection, query, context.environment, context.counts);
  const outcome = apply(collection, stored, { update, upsert, wantsNew }, query.filter, filter, context);
  return {
    lastErrorObject: {
      n: int(outcome.n),
      ...(outcome.updatedExisting === undefined ? {} : { updatedExisting: outcome.updatedExisting }),
      ...('upsertedId' in outcome ? { upserted: outcome.upsertedId } : {}),
    },
    value: outcome.value && project(outcome.value),
  };
};

interface Wish {
  update: Update | undefined;
  upsert: boolean;
  wantsNew: boolean;
}

function apply(
  collection: Collection,
  stored: StoredDoc | undefined,
  { update, upsert, wantsNew }: Wish,
  query: Doc,
  filter: ReturnType<typeof compileFilter>,
  context: CommandContext,
): Outcome {
  if (!update) {
    if (stored) collection.remove(stored.rid, stored.doc);
    return { value: stored?.doc ?? null, n: stored ? 1 : 0 };
  }
  if (stored) {
    const { after } = changed(collection, stored, update, filter, context);
    return { value: wantsNew ? after : stored.doc, updatedExisting: true, n: 1 };
  }
  if (!upsert) return { value: null, updatedExisting: false, n: 0 };
  const doc = insertDocument(collection, upserted(query, update), undefined, context);
  return { value: wantsNew ? doc : null, updatedExisting: false, upsertedId: doc._id, n: 1 };
}

function projector(context: CommandContext, query: Doc): (doc: Doc) => Doc {
  const fields = isDocument(context.command.fields)
    ? context.command.fields
    : docOrEmpty(context, 'projection');
  if (Object.keys(fields).length === 0) return (doc) => doc;
  const project = compileProjection(fields, context.environment, 'find');
  const filter = compileFilter(query, context.environment);
  const positional = isPositional(fields);
  return (doc) => {
    const found: MatchContext = {};
    if (positional) filter(doc, found);
    return project(doc, found.index);
  };
}

const definition = {
  run: findAndModify,
  retryable: true,
  fields: [
    ...[
      'query',
      'sort',
      'remove',
      'update',
      'new',
      'fields',
      'projection',
      'upsert',
      'arrayFilters',
      'hint',
      'collation',
    ],
    ...['bypassDocumentValidation', 'let'],
  ],
};

export const FIND_AND_MODIFY_COMMAND: Commands = { findAndModify: definition, findandmodify: definition };
