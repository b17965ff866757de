import { errors } from '../../errors.ts';
import { hashKey } from '../bson/key-encoding.ts';
import { isNullish, typeOf } from '../bson/types.ts';
import { truthy } from './truthy.ts';
import { binary, unary, type ValueOperator, variadic } from './value-operator.ts';

/** The elements by key: duplicates of equal value fall together, the first one stays. */
function setOf(operator: string, value: unknown): Map<string, unknown> {
  if (!Array.isArray(value))
    throw errors.location(
      17043,
      `All operands of ${operator} must be arrays. One argument is of type: ${typeOf(value)}`,
    );
  const elements = new Map<string, unknown>();
  for (const element of value) {
    const key = hashKey(element);
    if (!elements.has(key)) elements.set(key, element);
  }
  return elements;
}

const ordered = (elements: Map<string, unknown>): unknown[] =>
  [...elements].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, value]) => value);

const combine = (
  operator: string,
  join: (sets: Map<string, unknown>[]) => Map<string, unknown>,
): ValueOperator =>
  variadic((args) =>
    args.some(isNullish) ? null : ordered(join(args.map((value) => setOf(operator, value)))),
  );

const only = (elements: Map<string, unknown>, keep: (key: string) => boolean): Map<string, unknown> =>
  new Map([...elements].filter(([key]) => keep(key)));

export const SET_OPERATORS: Readonly<Record<string, ValueOperator>> = {
  $setUnion: combine('$setUnion', (sets) => new Map(sets.flatMap((set) => [...set]).reverse())),
  $setIntersection: combine('$setIntersection', ([first = new Map(), ...rest]) =>
    only(first, (key) => rest.every((set) => set.has(key))),
  ),
  $setDifference: binary((a, b) => {
    if (isNullish(a) || isNullish(b)) return null;
    const second = setOf('$setDifference', b);
    return [...only(setOf('$setDifference', a), (key) => !second.has(key)).values()];
  }),
  $setEquals: variadic((args) => {
    const [first = new Map<string, unknown>(), ...rest] = args.map((value) => setOf('$setEquals', value));
    return rest.every((set) => set.size === first.size && [...set.keys()].every((key) => first.has(key)));
  }, 2),
  $setIsSubset: binary((a, b) => {
    const whole = setOf('$setIsSubset', b);
    return [...setOf('$setIsSubset', a).keys()].every((key) => whole.has(key));
  }),
  $anyElementTrue: unary((value) => [...setOf('$anyElementTrue', value).values()].some(truthy)),
  $allElementsTrue: unary((value) => [...setOf('$allElementsTrue', value).values()].every(truthy)),
};
