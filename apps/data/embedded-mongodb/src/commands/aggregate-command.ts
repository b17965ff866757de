/** aggregate: leading stages a plan can answer go to the query, the rest runs as a stream; $out and $merge write. */
import type { Collection } from '../adapters/collection.ts';
import { type Query, runQuery } from '../adapters/query.ts';
import { count, toNumber, wholeNumber } from '../domain/bson/numbers.ts';
import { type Doc, isDocument, isNumber } from '../domain/bson/types.ts';
import { compilePipeline, stageOf } from '../domain/pipeline/compile-pipeline.ts';
import type { PipelineContext, Sources } from '../domain/pipeline/stage.ts';
import { compileFilter } from '../domain/query/filter.ts';
import { parseSort } from '../domain/query/sort.ts';
import { errors } from '../errors.ts';
import { optionalDoc, optionalSize, refuseCollation } from './arguments.ts';
import type { CommandContext, Commands, Handler } from './command.ts';
import { encoded, openCursor } from './cursor-replies.ts';
import { writeOutput } from './output-stages.ts';

/** The part of a pipeline that is a query, and the rest. */
export interface SplitPipeline {
  query: Query;
  rest: Doc[];
  output: Doc | undefined;
}

export function splitPipeline(pipeline: Doc[], context: CommandContext): SplitPipeline {
  const stages = pipeline.map((stage) => ({ stage, ...stageOf(stage) }));
  const last = stages.at(-1);
  const output = last && (last.name === '$out' || last.name === '$merge') ? last.stage : undefined;
  const body = output ? stages.slice(0, -1) : stages;
  const query: Query = { filter: {}, hint: context.command.hint, checkTime: context.checkTime };
  let taken = 0;
  const next = (name: string): unknown => (body[taken]?.name === name ? body[taken]?.operand : undefined);
  const match = next('$match');
  if (isDocument(match)) {
    compileFilter(match, context.environment);
    query.filter = match;
    taken += 1;
  }
  const sort = next('$sort');
  if (isDocument(sort) && Object.keys(sort).length > 0 && parseSort(sort)) {
    query.sort = sort;
    taken += 1;
  }
  const skip = next('$skip');
  if (isNumber(skip) && (wholeNumber(skip) ?? -1) >= 0) {
    query.skip = toNumber(skip);
    taken += 1;
  }
  const limit = next('$limit');
  if (isNumber(limit) && (wholeNumber(limit) ?? 0) > 0) {
    query.limit = toNumber(limit);
    taken += 1;
  }
  return { query, rest: body.slice(taken).map(({ stage }) => stage), output };
}

export function sourcesOf(context: CommandContext): Sources {
  const { engine, db, environment, counts } = context;
  return {
    *find(name, filter) {
      const collection = engine.catalog.get(db, name);
      if (collection) for (const { doc } of runQuery(collection, { filter }, environment, counts)) yield doc;
    },
    isIndexed: (name, path) =>
      engine.catalog
        .get(db, name)
        ?.indexes.some(({ spec }) => spec.fields[0]?.path === path && !spec.partial && !spec.sparse) ?? false,
  };
}

function* input(collection: Collection | undefined, query: Query, context: CommandContext): Generator<Doc> {
  if (collection)
    for (const { doc } of runQuery(collection, query, context.environment, context.counts)) yield doc;
}

const aggregate: Handler = (context) => {
  const { command, engine, db } = context;
  refuseCollation(command.collation);
  const { pipeline } = command;
  if (!Array.isArray(pipeline)) throw errors.typeMismatch("'pipeline' option must be specified as an array");
  if (!isDocument(command.cursor) && command.explain !== true)
    throw errors.failedToParse(
      "The 'cursor' option is required, except for aggregate with the explain argument",
    );
  refuseUnsupported(pipeline as Doc[]);
  const name = typeof command.aggregate === 'string' ? command.aggregate : '$cmd.aggregate';
  const collection = engine.catalog.get(db, name);
  const { query, rest, output } = splitPipeline(pipeline as Doc[], context);
  const pipelineContext: PipelineContext = { environment: context.environment, sources: sourcesOf(context) };
  const batchSize = batchSizeOf(context);
  const namespace = `${db}.${name}`;
  const counting = countingName(rest);
  if (counting && collection && !output) {
    let n = 0;
    for (const _match of runQuery(collection, query, context.environment, context.counts)) n += 1;
    const docs = n > 0 ? [counting(n)] : [];
    return openCursor(context, namespace, encoded(docs), { batchSize });
  }
  const stage = compilePipeline(rest, pipelineContext);
  const docs = stage(input(collection, query, context));
  if (output) {
    writeOutput(output, docs, context);
    return openCursor(context, namespace, encoded([]), { batchSize });
  }
  return openCursor(context, namespace, encoded(docs), { batchSize });
};

function batchSizeOf(context: CommandContext): number | undefined {
  const cursor = optionalDoc(context, 'cursor') ?? {};
  return optionalSize({ ...context, command: cursor }, 'batchSize');
}

/** `$count`, and the `$group` drivers count with, need no documents decoded. */
function countingName(rest: Doc[]): ((n: number) => Doc) | undefined {
  const [only, ...others] = rest;
  if (!only || others.length > 0) return undefined;
  const group = only.$group;
  if (!isDocument(group) || !isNumber(group._id) || Object.keys(group).length !== 2) return undefined;
  const sum = isDocument(group.n) ? group.n.$sum : undefined;
  return isNumber(sum) && toNumber(sum) === 1 ? (n) => ({ _id: group._id, n: count(n) }) : undefined;
}

function refuseUnsupported(pipeline: Doc[]): void {
  const { name } = pipeline[0] ? stageOf(pipeline[0]) : { name: '' };
  if (name === '$changeStream')
    throw errors.location(40573, 'The $changeStream stage is only supported on replica sets');
  if (['$geoNear', '$search', '$currentOp', '$listSessions', '$indexStats'].includes(name))
    throw errors.notImplemented(`${name} is not supported by this server`);
}

const FIELDS = [
  ...[
    'pipeline',
    'cursor',
    'explain',
    'allowDiskUse',
    'bypassDocumentValidation',
    'collation',
    'hint',
    'let',
  ],
  ...['fromMongos', 'needsMerge', 'isMapReduceCommand'],
];

export const AGGREGATE_COMMAND: Commands = { aggregate: { run: aggregate, fields: FIELDS } };
