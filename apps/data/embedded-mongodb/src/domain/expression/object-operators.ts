import { errors } from '../../errors.ts';
import { getField, setField } from '../bson/codec.ts';
import { type Doc, isDocument, isNullish, typeOf } from '../bson/types.ts';
import { unary, type ValueOperator, variadic } from './value-operator.ts';

export function mergeObjects(values: unknown[]): Doc {
  const result: Doc = {};
  for (const value of values) {
    if (isNullish(value)) continue;
    if (!isDocument(value))
      throw errors.location(
        40400,
        `$mergeObjects requires object inputs, but input is of type ${typeOf(value)}`,
      );
    for (const name of Object.keys(value)) setField(result, name, value[name]);
  }
  return result;
}

function withField(given: Doc, value: unknown): unknown {
  const { field, input } = given;
  if (isNullish(input)) return null;
  if (!isDocument(input) || typeof field !== 'string')
    throw errors.location(4161105, '$setField needs a document and the name of a field');
  const result = { ...input };
  if (value === undefined) delete result[field];
  else setField(result, field, value);
  return result;
}

export const OBJECT_OPERATORS: Readonly<Record<string, ValueOperator>> = {
  $mergeObjects: variadic((args) =>
    mergeObjects(args.length === 1 && Array.isArray(args[0]) ? args[0] : args),
  ),
  $getField: unary((given) => {
    if (isDocument(given) && typeof given.field === 'string')
      return isDocument(given.input) ? getField(given.input, given.field) : undefined;
    throw errors.location(3041702, '$getField requires `field` to be a string');
  }),
  $setField: unary((given) => withField(given as Doc, (given as Doc).value)),
  $unsetField: unary((given) => withField(given as Doc, undefined)),
};
