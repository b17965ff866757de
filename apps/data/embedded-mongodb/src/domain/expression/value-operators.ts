/** All operators that are functions of their evaluated arguments. */
import { ARITHMETIC_OPERATORS } from './arithmetic-operators.ts';
import { ARRAY_OPERATORS } from './array-operators.ts';
import { COMPARISON_OPERATORS } from './comparison-operators.ts';
import { OBJECT_OPERATORS } from './object-operators.ts';
import { SET_OPERATORS } from './set-operators.ts';
import { TYPE_OPERATORS } from './type-operators.ts';
import type { ValueOperator } from './value-operator.ts';

export const VALUE_OPERATORS: Readonly<Record<string, ValueOperator>> = {
  ...ARITHMETIC_OPERATORS,
  ...ARRAY_OPERATORS,
  ...COMPARISON_OPERATORS,
  ...OBJECT_OPERATORS,
  ...SET_OPERATORS,
  ...TYPE_OPERATORS,
};
