/** createIndexes, listIndexes, dropIndexes. */
import type { Collection, Index } from '../adapters/collection.ts';
import { equalValues } from '../domain/bson/compare.ts';
import { int } from '../domain/bson/numbers.ts';
import { type Doc, isDocument } from '../domain/bson/types.ts';
import { parseIndexSpec } from '../domain/index/index-spec.ts';
import { errors } from '../errors.ts';
import { collectionName, docList } from './arguments.ts';
import type { CommandContext, Commands, Handler } from './command.ts';
import { smallCursor } from './cursor-replies.ts';
import { collectionForWrite } from './write-documents.ts';

/** MongoDB's limit per collection. */
const MAX_INDEXES = 64;

const createIndexes: Handler = (context) => {
  const { engine, db } = context;
  const name = collectionName(context);
  const given = docList(context, 'indexes');
  if (given.length === 0) throw errors.badValue('Must specify at least one index to create');
  const specs = given.map(parseIndexSpec);
  const createdCollectionAutomatically = engine.catalog.get(db, name) === undefined;
  const collection = collectionForWrite(context, name);
  const before = collection.indexes.length;
  if (before + specs.length > MAX_INDEXES)
    throw errors.cannotCreateIndex(`add index fails, too many indexes for ${collection.namespace}`);
  const created = specs.filter((spec) => engine.catalog.createIndex(collection, spec));
  return {
    numIndexesBefore: int(before),
    numIndexesAfter: int(collection.indexes.length),
    createdCollectionAutomatically,
    ...(created.length === 0 ? { note: 'all indexes already exist' } : {}),
  };
};

function existing(context: CommandContext): Collection {
  const { engine, db } = context;
  const name = collectionName(context);
  const collection = engine.catalog.get(db, name);
  if (!collection) throw errors.namespaceNotFound(`ns does not exist: ${db}.${name}`);
  return collection;
}

const listIndexes: Handler = (context) => {
  const collection = existing(context);
  const docs = collection.indexes.map(({ spec }): Doc => spec.raw);
  return smallCursor(context, collection.namespace, docs);
};

function chosen(collection: Collection, wanted: unknown): Index[] {
  if (wanted === '*') return collection.indexes.filter(({ id }) => id !== 0);
  if (Array.isArray(wanted)) return wanted.flatMap((name) => chosen(collection, name));
  const found = isDocument(wanted)
    ? collection.indexes.filter(({ spec }) => equalValues(spec.raw.key, wanted))
    : collection.indexes.filter(({ spec }) => spec.name === wanted);
  if (found.length === 0)
    throw errors.indexNotFound(
      isDocument(wanted)
        ? `can't find index with key: ${JSON.stringify(wanted)}`
        : `index not found with name [${String(wanted)}]`,
    );
  return found;
}

const dropIndexes: Handler = (context) => {
  const collection = existing(context);
  const indexes = chosen(collection, context.command.index);
  if (indexes.some(({ id }) => id === 0)) throw errors.invalidOptions('cannot drop _id index');
  const nIndexesWas = int(collection.indexes.length);
  context.wrote = true;
  for (const index of indexes) context.engine.catalog.dropIndex(collection, index);
  return {
    nIndexesWas,
    ...(context.command.index === '*' ? { msg: 'non-_id indexes dropped for collection' } : {}),
  };
};

export const INDEX_COMMANDS: Commands = {
  createIndexes: { run: createIndexes },
  listIndexes: { run: listIndexes },
  dropIndexes: { run: dropIndexes },
  deleteIndexes: { run: dropIndexes },
};
