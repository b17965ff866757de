import { errors } from '../../errors.ts';
import { equalValues } from '../bson/compare.ts';
import { type Doc, isDocument, isRegex } from '../bson/types.ts';
import type { Environment } from '../expression/environment.ts';
import { compileFilter, isOperatorDocument } from '../query/filter.ts';

/** Makes the test of `$pull`: a condition on elements, a filter on documents, or a value to equal. */
export function elementTest(operand: unknown, environment: Environment): (element: unknown) => boolean {
  if (isOperatorDocument(operand) || isRegex(operand)) {
    const filter = compileFilter({ element: operand }, environment);
    return (element) => filter({ element });
  }
  if (!isDocument(operand)) return (element) => equalValues(element, operand);
  const filter = compileFilter(operand as Doc, environment);
  return (element) => isDocument(element) && filter(element);
}

export function pull(current: unknown, operand: unknown, environment: Environment): unknown {
  if (current === undefined) return undefined;
  if (!Array.isArray(current)) throw errors.badValue('Cannot apply $pull to a non-array value');
  const unwanted = elementTest(operand, environment);
  return current.filter((element) => !unwanted(element));
}
