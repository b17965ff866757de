/** May a partial index answer a filter? Only when every document the filter accepts is in the index. */
import { compareValues, equalValues } from '../bson/compare.ts';
import { type Doc, isNullish, rankOf } from '../bson/types.ts';
import { truthy } from '../expression/truthy.ts';
import { compileFilter } from '../query/filter.ts';
import { type Conjunct, conjunctsOf } from './conjuncts.ts';

const ENVIRONMENT = { nowMs: 0, fraction: () => 0, variables: {} };

/** True when the conditions together surely imply the expression; false when in doubt. */
export function implies(conjuncts: Conjunct[], expression: Doc): boolean {
  return conjunctsOf(expression).every((wanted) => conjuncts.some((given) => implied(given, wanted)));
}

function implied(given: Conjunct, wanted: Conjunct): boolean {
  if (given.path !== wanted.path) return false;
  if (given.operator === wanted.operator && equalValues(given.operand, wanted.operand)) return true;
  if (wanted.path === '') return false;
  const points =
    given.operator === '$eq' ? [given.operand] : given.operator === '$in' ? given.operand : undefined;
  if (Array.isArray(points)) {
    if (points.some((point) => Array.isArray(point) || rankOf(point) === 50 || isNullish(point)))
      return false;
    const test = compileFilter({ value: { [wanted.operator]: wanted.operand } }, ENVIRONMENT);
    return points.every((point) => test({ value: point }));
  }
  const ordered = /^\$[gl]te?$/;
  if (!ordered.test(given.operator) || isNullish(given.operand)) return false;
  if (wanted.operator === '$exists') return truthy(wanted.operand);
  if (!ordered.test(wanted.operator) || rankOf(given.operand) !== rankOf(wanted.operand)) return false;
  if (given.operator[1] !== wanted.operator[1]) return false;
  const order = compareValues(given.operand, wanted.operand) * (given.operator.startsWith('$g') ? 1 : -1);
  return order > 0 || (order === 0 && (given.operator.length === 3 || wanted.operator.length === 4));
}
