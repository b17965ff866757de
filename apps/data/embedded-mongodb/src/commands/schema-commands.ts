/** Collections and databases: create, drop, list, rename, collMod. */
import { UUID } from 'bson';
import { equalValues } from '../domain/bson/compare.ts';
import { double, int, toNumber } from '../domain/bson/numbers.ts';
import { type Doc, isDocument, isNumber } from '../domain/bson/types.ts';
import { parseIndexSpec } from '../domain/index/index-spec.ts';
import { compileFilter } from '../domain/query/filter.ts';
import { errors } from '../errors.ts';
import { collectionName, docOrEmpty, flag, optionalDoc, optionalSize } from './arguments.ts';
import type { CommandContext, Commands, Handler } from './command.ts';
import { smallCursor } from './cursor-replies.ts';

/** Options of `create` that are kept and shown. */
const KEPT_OPTIONS = ['validator', 'validationLevel', 'validationAction', 'comment'];
const REFUSED_OPTIONS = ['capped', 'timeseries', 'viewOn', 'clusteredIndex'];
const IGNORED_OPTIONS = [
  'pipeline',
  'size',
  'max',
  'storageEngine',
  'indexOptionDefaults',
  'collation',
  'autoIndexId',
  'idIndex',
];

const create: Handler = (context) => {
  const { command, engine, db } = context;
  const name = collectionName(context);
  for (const option of REFUSED_OPTIONS)
    if (command[option] !== undefined && command[option] !== false)
      throw errors.notImplemented(`the collection option ${option} is not supported by this server`);
  const validator = optionalDoc(context, 'validator');
  if (validator) compileFilter(validator, context.environment);
  const options = Object.fromEntries(
    KEPT_OPTIONS.filter((o) => command[o] !== undefined).map((o) => [o, command[o]]),
  );
  const known = engine.catalog.get(db, name);
  context.wrote = true;
  if (!known) engine.catalog.create(db, name, options);
  else if (!equalValues(known.options, options))
    throw errors.namespaceExists(`Collection ${db}.${name} already exists.`);
  return {};
};

const drop: Handler = (context) => {
  const { engine, db } = context;
  const collection = engine.catalog.get(db, collectionName(context));
  if (!collection) return {};
  context.wrote = true;
  const reply = { nIndexesWas: int(collection.indexes.length), ns: collection.namespace };
  engine.catalog.drop(collection);
  return reply;
};

const dropDatabase: Handler = (context) => {
  const { engine, db } = context;
  context.wrote = true;
  const collections = engine.catalog.ofDatabase(db);
  for (const collection of collections) engine.catalog.drop(collection);
  return collections.length > 0 ? { dropped: db } : {};
};

const listCollections: Handler = (context) => {
  const { command, engine, db } = context;
  const filter = compileFilter(docOrEmpty(context, 'filter'), context.environment);
  const nameOnly = flag(context, 'nameOnly');
  const docs = engine.catalog
    .ofDatabase(db)
    .map(
      (collection): Doc => ({
        name: collection.name,
        type: 'collection',
        options: collection.options,
        info: { readOnly: false, uuid: new UUID(collection.uuid) },
        idIndex: collection.indexes[0]?.spec.raw,
      }),
    )
    .filter((doc) => filter(doc))
    .map((doc) => (nameOnly ? { name: doc.name, type: doc.type } : doc));
  const cursor = isDocument(command.cursor) ? command.cursor : {};
  const batchSize = optionalSize({ ...context, command: cursor }, 'batchSize');
  return smallCursor(context, `${db}.$cmd.listCollections`, docs, batchSize);
};

const listDatabases: Handler = (context) => {
  const { engine } = context;
  const filter = compileFilter(docOrEmpty(context, 'filter'), context.environment);
  const nameOnly = flag(context, 'nameOnly');
  const databases = engine.catalog
    .databases()
    .map((name): Doc => {
      const sizeBytes = engine.catalog
        .ofDatabase(name)
        .reduce((sum, collection) => sum + collection.sizeBytes(), 0);
      return { name, sizeOnDisk: double(sizeBytes), empty: false };
    })
    .filter((doc) => filter(doc));
  if (nameOnly) return { databases: databases.map(({ name }) => ({ name })) };
  const totalSize = databases.reduce((sum, { sizeOnDisk }) => sum + toNumber(sizeOnDisk), 0);
  return { databases, totalSize: double(totalSize), totalSizeMb: double(Math.floor(totalSize / 2 ** 20)) };
};

const renameCollection: Handler = (context) => {
  const { command, engine } = context;
  const [from, to] = [command.renameCollection, command.to].map(splitNamespace);
  if (!from || !to) throw errors.invalidNamespace('renameCollection needs two full namespaces');
  const collection = engine.catalog.get(from.db, from.name);
  if (!collection) throw errors.namespaceNotFound(`Source collection ${from.db}.${from.name} does not exist`);
  const existing = engine.catalog.get(to.db, to.name);
  if (existing === collection) throw errors.illegalOperation("Can't rename a collection to itself");
  if (existing && !flag(context, 'dropTarget')) throw errors.namespaceExists('target namespace exists');
  context.wrote = true;
  if (existing) engine.catalog.drop(existing);
  engine.catalog.rename(collection, to.db, to.name);
  return {};
};

function splitNamespace(value: unknown): { db: string; name: string } | undefined {
  if (typeof value !== 'string') return undefined;
  const dot = value.indexOf('.');
  return dot > 0 ? { db: value.slice(0, dot), name: value.slice(dot + 1) } : undefined;
}

const collMod: Handler = (context) => {
  const { command, engine, db } = context;
  const collection = engine.catalog.get(db, collectionName(context));
  if (!collection) throw errors.namespaceNotFound(`ns does not exist: ${db}.${String(command.collMod)}`);
  const changes = Object.fromEntries(
    KEPT_OPTIONS.filter((o) => o in command && o !== 'comment').map((o) => [o, command[o]]),
  );
  context.wrote = true;
  if (isDocument(changes.validator)) compileFilter(changes.validator, context.environment);
  if (Object.keys(changes).length > 0)
    engine.catalog.setOptions(collection, { ...collection.options, ...changes });
  return isDocument(command.index) ? changeExpiry(context, command.index) : {};
};

/** The one change of an index that needs no rebuilding. */
function changeExpiry(context: CommandContext, change: Doc): Doc {
  const { engine, db } = context;
  const collection = engine.catalog.get(db, collectionName(context));
  const index = collection?.indexes.find(
    ({ spec }) =>
      spec.name === change.name ||
      (isDocument(change.keyPattern) && equalValues(spec.raw.key, change.keyPattern)),
  );
  if (!collection || !index) throw errors.indexNotFound('cannot find index for collMod');
  if (!isNumber(change.expireAfterSeconds)) throw errors.invalidOptions('no expireAfterSeconds field');
  const before = index.spec.expireAfterSeconds;
  const { v: _version, ...raw } = index.spec.raw;
  engine.catalog.redefineIndex(
    index,
    parseIndexSpec({ ...raw, expireAfterSeconds: change.expireAfterSeconds }),
  );
  return {
    ...(before === undefined ? {} : { expireAfterSeconds_old: int(before) }),
    expireAfterSeconds_new: change.expireAfterSeconds,
  };
}

export const SCHEMA_COMMANDS: Commands = {
  create: { run: create, fields: [...KEPT_OPTIONS, ...REFUSED_OPTIONS, ...IGNORED_OPTIONS] },
  drop: { run: drop },
  dropDatabase: { run: dropDatabase },
  listCollections: { run: listCollections },
  listDatabases: { run: listDatabases },
  renameCollection: { run: renameCollection },
  collMod: { run: collMod },
};
