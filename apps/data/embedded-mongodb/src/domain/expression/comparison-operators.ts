import { compareValues } from '../bson/compare.ts';
import { int } from '../bson/numbers.ts';
import { truthy } from './truthy.ts';
import { binary, unary, type ValueOperator } from './value-operator.ts';

const ordering = (test: (order: number) => boolean): ValueOperator =>
  binary((a, b) => test(compareValues(a, b)));

/** Across all types, in BSON order; a missing value is below null here, unlike in an index. */
export const COMPARISON_OPERATORS: Readonly<Record<string, ValueOperator>> = {
  $eq: ordering((order) => order === 0),
  $ne: ordering((order) => order !== 0),
  $gt: ordering((order) => order > 0),
  $gte: ordering((order) => order >= 0),
  $lt: ordering((order) => order < 0),
  $lte: ordering((order) => order <= 0),
  $cmp: binary((a, b) => int(compareValues(a, b))),
  $not: unary((value) => !truthy(value)),
};
