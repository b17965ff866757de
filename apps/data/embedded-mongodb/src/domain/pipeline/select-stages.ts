/** Stages that choose and order documents. */
import { errors } from '../../errors.ts';
import { wholeNumber } from '../bson/numbers.ts';
import { type Doc, isDocument, isNumber, typeOf } from '../bson/types.ts';
import { compileExpression } from '../expression/compile.ts';
import { compileFilter } from '../query/filter.ts';
import { parseSort, sortBy } from '../query/sort.ts';
import type { StageCompiler } from './stage.ts';

const $match: StageCompiler = (operand, { environment }) => {
  if (!isDocument(operand))
    throw errors.location(15959, 'the match filter must be an expression in an object');
  const filter = compileFilter(operand, environment);
  return function* (input) {
    for (const doc of input) if (filter(doc)) yield doc;
  };
};

const $sort: StageCompiler = (operand) => {
  if (!isDocument(operand)) throw errors.location(15973, 'the $sort key specification must be an object');
  if (Object.keys(operand).length === 0)
    throw errors.location(15976, '$sort stage must have at least one sort key');
  const fields = parseSort(operand);
  return function* (input) {
    yield* sortBy([...input], (doc) => doc, fields);
  };
};

function sizeOf(stage: string, code: number, operand: unknown, least: number): number {
  const n = isNumber(operand) ? wholeNumber(operand) : undefined;
  if (n === undefined)
    throw errors.location(
      code,
      `invalid argument to ${stage} stage: Expected a number in: ${stage}: ${typeOf(operand)}`,
    );
  if (n < least)
    throw errors.location(
      least === 1 ? 15958 : code,
      least === 1
        ? 'the limit must be positive'
        : `invalid argument to ${stage} stage: Expected a non-negative number`,
    );
  return n;
}

const $limit: StageCompiler = (operand) => {
  const most = sizeOf('$limit', 2107201, operand, 1);
  return function* (input) {
    let taken = 0;
    for (const doc of input) {
      yield doc;
      taken += 1;
      if (taken >= most) return;
    }
  };
};

const $skip: StageCompiler = (operand) => {
  const skipped = sizeOf('$skip', 5107200, operand, 0);
  return function* (input) {
    let seen = 0;
    for (const doc of input) {
      if (seen >= skipped) yield doc;
      seen += 1;
    }
  };
};

const $sample: StageCompiler = (operand, { environment }) => {
  const most = isDocument(operand) ? sizeOf('$sample', 28746, operand.size, 0) : 0;
  return function* (input) {
    const chosen = [...input].map((doc) => ({ doc, place: environment.fraction() }));
    yield* chosen
      .sort((a, b) => a.place - b.place)
      .slice(0, most)
      .map(({ doc }) => doc);
  };
};

const $redact: StageCompiler = (operand, { environment }) => {
  const decide = compileExpression(operand, environment);
  const reduce = (doc: Doc): Doc | undefined => {
    const verdict = decide(doc);
    if (verdict === '$$PRUNE') return undefined;
    if (verdict === '$$KEEP') return doc;
    const entries = Object.entries(doc).map(([name, value]) => [name, inside(value)] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  };
  const inside = (value: unknown): unknown => {
    if (isDocument(value)) return reduce(value);
    if (Array.isArray(value)) return value.map(inside).filter((element) => element !== undefined);
    return value;
  };
  return function* (input) {
    for (const doc of input) {
      const kept = reduce(doc);
      if (kept) yield kept;
    }
  };
};

export const SELECT_STAGES: Readonly<Record<string, StageCompiler>> = {
  $match,
  $sort,
  $limit,
  $skip,
  $sample,
  $redact,
};
