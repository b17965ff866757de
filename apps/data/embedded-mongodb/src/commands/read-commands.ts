/** find, getMore, killCursors, count, distinct. */
import { Long } from 'bson';
import { takeBatch } from '../adapters/cursors.ts';
import { type Match, type Query, runQuery } from '../adapters/query.ts';
import { encode } from '../domain/bson/codec.ts';
import { hashKey } from '../domain/bson/key-encoding.ts';
import { count, int, toNumber } from '../domain/bson/numbers.ts';
import { type Doc, isDocument, isNumber } from '../domain/bson/types.ts';
import { compileFilter } from '../domain/query/filter.ts';
import { existsAt, indexedValues, type MatchContext } from '../domain/query/paths.ts';
import { compileProjection } from '../domain/query/projection.ts';
import { isPositional } from '../domain/query/projection-operators.ts';
import { errors } from '../errors.ts';
import {
  collectionName,
  docOrEmpty,
  flag,
  int64,
  optionalDoc,
  optionalSize,
  refuseCollation,
} from './arguments.ts';
import { type CommandContext, type Commands, CursorReply, type Handler } from './command.ts';
import { openCursor } from './cursor-replies.ts';

export function queryOf(context: CommandContext, filterField: string): Query {
  const { command } = context;
  refuseCollation(command.collation);
  const limit = isNumber(command.limit) ? Math.abs(toNumber(command.limit)) : undefined;
  return {
    filter: docOrEmpty(context, filterField),
    sort: optionalDoc(context, 'sort'),
    skip: optionalSize(context, 'skip'),
    limit,
    hint: isDocument(command.hint) && Object.keys(command.hint).length === 0 ? undefined : command.hint,
    checkTime: context.checkTime,
  };
}

/** Checks filter, sort and projection even where the collection does not exist. */
function projectorOf(context: CommandContext, query: Query): (match: Match) => Uint8Array {
  const projection = docOrEmpty(context, 'projection');
  const filter = compileFilter(query.filter, context.environment);
  if (Object.keys(projection).length === 0) return ({ bytes }) => bytes;
  const project = compileProjection(projection, context.environment, 'find');
  const positional = isPositional(projection);
  return ({ doc }) => {
    const found: MatchContext = {};
    if (positional) filter(doc, found);
    return encode(project(doc, found.index));
  };
}

const find: Handler = (context) => {
  const { command, engine, db } = context;
  const name = collectionName(context);
  if (flag(context, 'tailable'))
    throw errors.notImplemented('tailable cursors are not supported by this server');
  const query = queryOf(context, 'filter');
  if (isNumber(command.limit) && toNumber(command.limit) < 0)
    throw errors.badValue(`BSON field 'limit' value must be >= 0, actual value '${toNumber(command.limit)}'`);
  const project = projectorOf(context, query);
  const collection = engine.catalog.get(db, name);
  function* rows(): Generator<Uint8Array> {
    if (!collection) return;
    for (const match of runQuery(collection, query, context.environment, context.counts))
      yield project(match);
  }
  return openCursor(context, `${db}.${name}`, rows(), {
    batchSize: optionalSize(context, 'batchSize'),
    singleBatch: flag(context, 'singleBatch'),
    noTimeout: flag(context, 'noCursorTimeout'),
  });
};

const getMore: Handler = (context) => {
  const { command, engine, session, db } = context;
  const id = int64(command.getMore);
  if (id === undefined || typeof command.collection !== 'string')
    throw errors.badValue('getMore needs a cursor id and a collection');
  const namespace = `${db}.${command.collection}`;
  const cursor = engine.cursors.get(id, namespace, session.user);
  cursor.usedAtMs = engine.clock.nowMs();
  const { docs, done } = takeBatch(cursor, optionalSize(context, 'batchSize') || Number.MAX_SAFE_INTEGER);
  if (done) engine.cursors.kill(id);
  return new CursorReply('nextBatch', done ? 0n : id, namespace, docs);
};

const killCursors: Handler = (context) => {
  const { command, engine, db } = context;
  const namespace = `${db}.${collectionName(context)}`;
  if (!Array.isArray(command.cursors)) throw errors.missingField('killCursors', 'cursors');
  const ids = command.cursors.map((id) => int64(id) ?? 0n);
  const killed = ids.filter((id) => engine.cursors.kill(id, namespace));
  const asLongs = (list: bigint[]): Long[] => list.map((id) => Long.fromBigInt(id));
  return {
    cursorsKilled: asLongs(killed),
    cursorsNotFound: asLongs(ids.filter((id) => !killed.includes(id))),
    cursorsAlive: [],
    cursorsUnknown: [],
  };
};

const countCommand: Handler = (context) => {
  const { engine, db } = context;
  const collection = engine.catalog.get(db, collectionName(context));
  const query = queryOf(context, 'query');
  compileFilter(query.filter, context.environment);
  if (!collection) return { n: int(0) };
  if (Object.keys(query.filter).length === 0 && !query.skip && !query.limit)
    return { n: count(collection.count()) };
  let n = 0;
  for (const _match of runQuery(collection, query, context.environment, context.counts)) n += 1;
  return { n: count(n) };
};

const distinct: Handler = (context) => {
  const { command, engine, db } = context;
  if (typeof command.key !== 'string')
    throw errors.typeMismatch("BSON field 'distinct.key' is the wrong type, expected type 'string'");
  const parts = command.key.split('.');
  const collection = engine.catalog.get(db, collectionName(context));
  const query = queryOf(context, 'query');
  const values = new Map<string, unknown>();
  const add = (doc: Doc): void => {
    if (!existsAt(doc, parts)) return;
    for (const value of indexedValues(doc, parts)) if (value !== undefined) values.set(hashKey(value), value);
  };
  if (collection)
    for (const { doc } of runQuery(collection, query, context.environment, context.counts)) add(doc);
  const sorted = [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
  return { values: sorted };
};

const FIND_FIELDS = [
  ...[
    'filter',
    'sort',
    'projection',
    'hint',
    'skip',
    'limit',
    'batchSize',
    'singleBatch',
    'max',
    'min',
    'returnKey',
  ],
  ...[
    'showRecordId',
    'tailable',
    'oplogReplay',
    'noCursorTimeout',
    'awaitData',
    'allowPartialResults',
    'collation',
  ],
  ...['allowDiskUse', 'let', 'ntoreturn'],
];

export const READ_COMMANDS: Commands = {
  find: { run: find, fields: FIND_FIELDS },
  getMore: { run: getMore, fields: ['collection', 'batchSize', 'maxTimeMS', 'term'] },
  killCursors: { run: killCursors },
  count: { run: countCommand, fields: ['query', 'limit', 'skip', 'hint', 'collation', 'fields'] },
  distinct: { run: distinct, fields: ['key', 'query', 'collation', 'hint'] },
};
