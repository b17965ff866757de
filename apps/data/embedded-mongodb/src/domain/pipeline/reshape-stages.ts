/** Stages that turn each document into another, or into several. */

import { Long } from 'bson';
import { errors } from '../../errors.ts';
import { type Doc, isDocument, isNullish, typeOf } from '../bson/types.ts';
import { compileExpression, fieldAt } from '../expression/compile.ts';
import { computeAt } from '../query/compute-at.ts';
import { compileProjection } from '../query/projection.ts';
import type { PipelineContext, Stage, StageCompiler } from './stage.ts';

const mapping = (run: (doc: Doc) => Doc): Stage =>
  function* (input) {
    for (const doc of input) yield run(doc);
  };

const $project: StageCompiler = (operand, { environment }) => {
  if (!isDocument(operand)) throw errors.location(15969, '$project specification must be an object');
  if (Object.keys(operand).length === 0)
    throw errors.location(
      51272,
      'Invalid $project :: caused by :: projection specification must have at least one field',
    );
  const projection = compileProjection(operand, environment, 'pipeline');
  return mapping((doc) => projection(doc));
};

function flatten(operand: Doc, prefix = ''): [string[], unknown][] {
  return Object.keys(operand).flatMap((name) => {
    if (name.startsWith('$')) throw errors.location(16410, `FieldPath field names may not start with '$'.`);
    const value = operand[name];
    const path = `${prefix}${name}`;
    const nested =
      isDocument(value) && Object.keys(value).length > 0 && !Object.keys(value)[0]?.startsWith('$');
    return nested ? flatten(value, `${path}.`) : [[path.split('.'), value] as [string[], unknown]];
  });
}

const $addFields: StageCompiler = (operand, { environment }) => {
  if (!isDocument(operand)) throw errors.location(40272, '$addFields specification stage must be an object');
  const fields = flatten(operand).map(
    ([parts, expression]) => [parts, compileExpression(expression, environment)] as const,
  );
  return mapping((doc) => {
    const result = { ...doc };
    for (const [parts, value] of fields) computeAt(result, parts, value(doc));
    return result;
  });
};

const $unset: StageCompiler = (operand, { environment }) => {
  const paths = Array.isArray(operand) ? operand : [operand];
  if (paths.length === 0 || paths.some((path) => typeof path !== 'string'))
    throw errors.location(
      31120,
      '$unset specification must be a string or an array containing only string values',
    );
  const projection = compileProjection(
    Object.fromEntries(paths.map((path) => [path, false])),
    environment,
    'pipeline',
  );
  return mapping((doc) => projection(doc));
};

const replaceWith = (expression: unknown, { environment }: PipelineContext): Stage => {
  const root = compileExpression(expression, environment);
  return mapping((doc) => {
    const value = root(doc);
    if (isDocument(value)) return value;
    throw errors.location(
      40228,
      `'newRoot' expression must evaluate to an object, but resulting value was of type: ${typeOf(value)}`,
    );
  });
};

const $unwind: StageCompiler = (operand) => {
  const options: Doc = isDocument(operand) ? operand : { path: operand };
  const { path, includeArrayIndex, preserveNullAndEmptyArrays } = options;
  if (typeof path !== 'string')
    throw errors.location(28808, 'expected either a string or an object as specification for $unwind stage');
  if (!path.startsWith('$'))
    throw errors.location(28818, `path option to $unwind stage should be prefixed with a '$': ${path}`);
  const parts = path.slice(1).split('.');
  const keepEmpty = preserveNullAndEmptyArrays === true;
  const indexParts = typeof includeArrayIndex === 'string' ? includeArrayIndex.split('.') : undefined;
  const emit = (doc: Doc, value: unknown, index: number | null): Doc => {
    const result = { ...doc };
    computeAt(result, parts, value);
    if (indexParts) computeAt(result, indexParts, index === null ? null : Long.fromNumber(index));
    return result;
  };
  return function* (input) {
    for (const doc of input) {
      const value = fieldAt(doc, parts, 0);
      if (Array.isArray(value) && value.length > 0)
        for (const [index, element] of value.entries()) yield emit(doc, element, index);
      else if (!Array.isArray(value) && !isNullish(value)) yield emit(doc, value, null);
      else if (keepEmpty) yield emit(doc, Array.isArray(value) ? undefined : value, null);
    }
  };
};

export const RESHAPE_STAGES: Readonly<Record<string, StageCompiler>> = {
  $project,
  $addFields,
  $set: $addFields,
  $unset,
  $replaceRoot: (operand, context) => {
    if (!isDocument(operand) || !('newRoot' in operand))
      throw errors.location(40231, 'no newRoot specified for the $replaceRoot stage');
    return replaceWith(operand.newRoot, context);
  },
  $replaceWith: (operand, context) => replaceWith(operand, context),
  $unwind,
};
