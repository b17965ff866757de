/** Stages that bring documents together. */
import { errors } from '../../errors.ts';
import { compareValues } from '../bson/compare.ts';
import { hashKey } from '../bson/key-encoding.ts';
import { count } from '../bson/numbers.ts';
import { type Doc, isDocument } from '../bson/types.ts';
import { compileExpression } from '../expression/compile.ts';
import type { Environment } from '../expression/environment.ts';
import { type Accumulator, compileAccumulator } from './accumulators.ts';
import type { Stage, StageCompiler } from './stage.ts';

interface Group {
  id: unknown;
  accumulators: Accumulator[];
}

function grouping(
  idOf: (doc: Doc) => unknown,
  fields: Doc,
  environment: Environment,
): (input: Iterable<Doc>) => Group[] {
  const names = Object.keys(fields);
  const makers = names.map((name) => compileAccumulator(name, fields[name], environment));
  return (input) => {
    const groups = new Map<string, Group>();
    for (const doc of input) {
      const id = idOf(doc) ?? null;
      const key = hashKey(id);
      let group = groups.get(key);
      if (!group) {
        group = { id, accumulators: makers.map((make) => make()) };
        groups.set(key, group);
      }
      for (const accumulator of group.accumulators) accumulator.add(doc);
    }
    return [...groups.values()];
  };
}

const resultOf = (group: Group, names: string[]): Doc => ({
  _id: group.id,
  ...Object.fromEntries(names.map((name, index) => [name, group.accumulators[index]?.result()])),
});

const $group: StageCompiler = (operand, { environment }) => {
  if (!isDocument(operand)) throw errors.location(15947, "a group's fields must be specified in an object");
  if (!('_id' in operand)) throw errors.location(15955, 'a group specification must include an _id');
  const { _id, ...fields } = operand;
  for (const name of Object.keys(fields))
    if (name.includes('.')) throw errors.location(40235, `The field name '${name}' cannot contain '.'`);
  const id = compileExpression(_id, environment);
  const group = grouping((doc) => id(doc), fields, environment);
  return function* (input) {
    for (const found of group(input)) yield resultOf(found, Object.keys(fields));
  };
};

const $count: StageCompiler = (operand) => {
  if (typeof operand !== 'string' || operand === '' || operand.startsWith('$') || operand.includes('.'))
    throw errors.location(40156, 'the count field must be a non-empty string');
  return function* (input) {
    let n = 0;
    for (const _doc of input) n += 1;
    if (n > 0) yield { [operand]: count(n) };
  };
};

const $sortByCount: StageCompiler = (operand, context, compile) =>
  compile(
    [{ $group: { _id: operand, count: { $count: {} } } }, { $sort: { count: COUNT_DESCENDING } }],
    context,
  );

const COUNT_DESCENDING = count(-1);

const $bucket: StageCompiler = (operand, { environment }) => {
  const given = operand as Doc;
  const boundaries = given.boundaries;
  if (!Array.isArray(boundaries) || boundaries.length < 2)
    throw errors.location(40192, 'The $bucket boundaries field must be an array of at least 2 values');
  const by = compileExpression(given.groupBy, environment);
  const fields = (given.output as Doc | undefined) ?? { count: { $count: {} } };
  const place = (doc: Doc): unknown => {
    const value = by(doc);
    const at = boundaries.findIndex(
      (low, i) =>
        i < boundaries.length - 1 &&
        compareValues(value, low) >= 0 &&
        compareValues(value, boundaries[i + 1]) < 0,
    );
    if (at >= 0) return boundaries[at];
    if ('default' in given) return given.default;
    throw errors.location(
      40066,
      '$switch could not find a matching branch for an input, and no default was specified.',
    );
  };
  const group = grouping(place, fields, environment);
  return function* (input) {
    const groups = group(input).sort((a, b) => compareValues(a.id, b.id));
    for (const found of groups) yield resultOf(found, Object.keys(fields));
  };
};

const $facet: StageCompiler = (operand, context, compile) => {
  if (!isDocument(operand) || Object.keys(operand).length === 0)
    throw errors.location(40169, 'the $facet specification must be a non-empty object');
  const facets = Object.keys(operand).map(
    (name) => [name, compile(operand[name], context)] as [string, Stage],
  );
  return function* (input) {
    const docs = [...input];
    yield Object.fromEntries(facets.map(([name, stage]) => [name, [...stage(docs)]]));
  };
};

export const GROUP_STAGES: Readonly<Record<string, StageCompiler>> = {
  $group,
  $count,
  $sortByCount,
  $bucket,
  $facet,
};
