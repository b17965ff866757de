/** Stages that read other collections. */

import { Long } from 'bson';
import { errors } from '../../errors.ts';
import { hashKey } from '../bson/key-encoding.ts';
import { toNumber } from '../bson/numbers.ts';
import { type Doc, isDocument } from '../bson/types.ts';
import { compileExpression } from '../expression/compile.ts';
import { computeAt } from '../query/compute-at.ts';
import { indexedValues } from '../query/paths.ts';
import type { PipelineContext, Stage, StageCompiler } from './stage.ts';

type Finder = (values: unknown[]) => Iterable<Doc>;

/** Finds by equality: from an index where there is one, else from a table made once per pipeline. */
function finder(collection: string, path: string, { sources }: PipelineContext): Finder {
  if (sources.isIndexed(collection, path))
    return (values) => sources.find(collection, { [path]: { $in: values } });
  let table: Map<string, Doc[]> | undefined;
  return (values) => {
    table ??= tableOf(sources.find(collection, {}), path);
    const found = new Set<Doc>();
    for (const value of values) for (const doc of table.get(hashKey(value)) ?? []) found.add(doc);
    return found;
  };
}

function tableOf(docs: Iterable<Doc>, path: string): Map<string, Doc[]> {
  const table = new Map<string, Doc[]>();
  for (const doc of docs)
    for (const key of new Set(indexedValues(doc, path.split('.')).map(hashKey))) {
      const row = table.get(key);
      if (row) row.push(doc);
      else table.set(key, [doc]);
    }
  return table;
}

const $lookup: StageCompiler = (operand, context, compile) => {
  if (!isDocument(operand)) throw errors.failedToParse('the $lookup specification must be an object');
  const { from, localField, foreignField, as } = operand;
  if (typeof as !== 'string') throw errors.failedToParse("must specify 'as' field for a $lookup");
  if (typeof from !== 'string')
    throw errors.failedToParse("missing 'from' option to $lookup stage specification");
  const find =
    typeof localField === 'string' && typeof foreignField === 'string'
      ? finder(from, foreignField, context)
      : undefined;
  if (!find && !('pipeline' in operand))
    throw errors.failedToParse('$lookup requires either localField and foreignField, or a pipeline');
  const local = typeof localField === 'string' ? localField.split('.') : [];
  const within = pipelineOf(operand, context, compile);
  return function* (input) {
    for (const doc of input) {
      const candidates = find ? find(indexedValues(doc, local)) : context.sources.find(from, {});
      const result = { ...doc };
      computeAt(result, as.split('.'), [...within(doc)(candidates)]);
      yield result;
    }
  };
};

/** The inner pipeline for one outer document; `let` makes it differ from document to document. */
function pipelineOf(
  operand: Doc,
  context: PipelineContext,
  compile: Parameters<StageCompiler>[2],
): (doc: Doc) => Stage {
  if (!('pipeline' in operand)) return () => (input) => input;
  const variables = isDocument(operand.let) ? operand.let : {};
  const names = Object.keys(variables);
  if (names.length === 0) {
    const stage = compile(operand.pipeline, context);
    return () => stage;
  }
  const values = names.map((name) => compileExpression(variables[name], context.environment));
  return (doc) => {
    const bound = Object.fromEntries(names.map((name, index) => [name, values[index]?.(doc)]));
    const environment = { ...context.environment, variables: { ...context.environment.variables, ...bound } };
    return compile(operand.pipeline, { ...context, environment });
  };
}

const $unionWith: StageCompiler = (operand, context, compile) => {
  const given: Doc = isDocument(operand) ? operand : { coll: operand };
  const stage = compile(given.pipeline ?? [], context);
  return function* (input) {
    yield* input;
    yield* stage(context.sources.find(String(given.coll), {}));
  };
};

const $graphLookup: StageCompiler = (operand, context) => {
  const given = operand as Doc;
  const {
    from,
    startWith,
    connectFromField,
    connectToField,
    as,
    maxDepth,
    depthField,
    restrictSearchWithMatch,
  } = given;
  const start = compileExpression(startWith, context.environment);
  const find = finder(String(from), String(connectToField), context);
  const deepest = maxDepth === undefined ? Number.POSITIVE_INFINITY : toNumber(maxDepth);
  const allowed = restrictSearchWithMatch
    ? new Set(
        [...context.sources.find(String(from), restrictSearchWithMatch as Doc)].map(({ _id }) =>
          hashKey(_id),
        ),
      )
    : undefined;
  return function* (input) {
    for (const doc of input) {
      const found = new Map<string, Doc>();
      let frontier = [start(doc)].flat().filter((value) => value !== undefined);
      for (let depth = 0; frontier.length > 0 && depth <= deepest; depth++) {
        const next: unknown[] = [];
        for (const reached of find(frontier)) {
          const key = hashKey(reached._id);
          if (found.has(key) || (allowed && !allowed.has(key))) continue;
          found.set(
            key,
            typeof depthField === 'string' ? { ...reached, [depthField]: Long.fromNumber(depth) } : reached,
          );
          next.push(...indexedValues(reached, String(connectFromField).split('.')));
        }
        frontier = next.filter((value) => value !== null && value !== undefined);
      }
      const result = { ...doc };
      computeAt(result, String(as).split('.'), [...found.values()]);
      yield result;
    }
  };
};

export const JOIN_STAGES: Readonly<Record<string, StageCompiler>> = { $lookup, $unionWith, $graphLookup };
