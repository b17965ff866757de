/** A filter seen as conditions that all have to hold. */
import { type Doc, isDocument } from '../bson/types.ts';
import { isOperatorDocument } from '../query/filter.ts';

export interface Conjunct {
  /** Empty for conditions that are not about one field (`$or`, `$expr`, …). */
  path: string;
  operator: string;
  operand: unknown;
}

export function conjunctsOf(filter: Doc): Conjunct[] {
  return Object.keys(filter).flatMap((key) => {
    const operand = filter[key];
    if (key === '$and' && Array.isArray(operand)) return operand.filter(isDocument).flatMap(conjunctsOf);
    if (key === '$comment') return [];
    if (key.startsWith('$')) return [{ path: '', operator: key, operand }];
    if (!isOperatorDocument(operand)) return [{ path: key, operator: '$eq', operand }];
    return Object.keys(operand).map((operator) => ({
      path: key,
      operator,
      operand:
        operator === '$regex' ? { pattern: operand.$regex, options: operand.$options } : operand[operator],
    }));
  });
}
