/** `$slice`, `$elemMatch` and the positional `$` of find projections. They change an array after the fields are chosen. */
import { errors } from '../../errors.ts';
import { type Doc, isDocument, isNumber } from '../bson/types.ts';
import { fieldAt } from '../expression/compile.ts';
import type { Environment } from '../expression/environment.ts';
import { computeAt } from './compute-at.ts';
import { compileFilter } from './filter.ts';
import { sliceOf } from './slice-of.ts';

export type Reshape = (result: Doc, source: Doc, parts: string[], matched: number | undefined) => void;

export function findOperator(operator: string, operand: unknown, environment: Environment): Reshape {
  switch (operator) {
    case '$slice':
      if (!isNumber(operand) && !(Array.isArray(operand) && operand.every(isNumber)))
        throw errors.location(28667, '$slice only supports numbers and [skip, limit] arrays');
      return (result, source, parts) => {
        const value = fieldAt(source, parts, 0);
        if (Array.isArray(value)) computeAt(result, parts, sliceOf(value, operand));
      };
    case '$elemMatch': {
      const filter = compileFilter({ field: { $elemMatch: operand } }, environment);
      return (result, source, parts) => {
        const value = fieldAt(source, parts, 0);
        const found = Array.isArray(value)
          ? value.find((element) => filter({ field: [element] }))
          : undefined;
        computeAt(result, parts, found === undefined ? undefined : [found]);
      };
    }
    default:
      return (result, source, parts, matched) => {
        const value = fieldAt(source, parts, 0);
        if (!Array.isArray(value)) return;
        if (matched === undefined)
          throw errors.location(
            51246,
            `Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array`,
          );
        computeAt(
          result,
          parts,
          [value[matched]].filter((element) => element !== undefined),
        );
      };
  }
}

export const isPositional = (projection: unknown): boolean =>
  isDocument(projection) && Object.keys(projection).some((path) => path.endsWith('.$'));
