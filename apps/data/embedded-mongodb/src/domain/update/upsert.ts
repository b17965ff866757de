/** What an upsert inserts before the update is applied: the fields the filter fixes by equality. */
import { errors } from '../../errors.ts';
import { cloneValue } from '../bson/codec.ts';
import { equalValues } from '../bson/compare.ts';
import { type Doc, isDocument, isRegex } from '../bson/types.ts';
import { isOperatorDocument } from '../query/filter.ts';
import { setAt, valueAt } from './locate.ts';

/** @throws CommandError when the filter fixes one field to two values */
export function seedOfUpsert(filter: Doc): Doc {
  const seed: Doc = {};
  collect(filter, seed);
  return seed;
}

function fix(seed: Doc, path: string, value: unknown): void {
  const parts = path.split('.');
  const known = valueAt(seed, parts);
  if (known !== undefined && !equalValues(known, value))
    throw errors.location(54, `cannot infer query fields to set, path '${path}' is matched twice`);
  setAt(seed, parts, cloneValue(value));
}

function collect(filter: Doc, seed: Doc): void {
  for (const key of Object.keys(filter)) {
    const operand = filter[key];
    if (key === '$and' || (key === '$or' && Array.isArray(operand) && operand.length === 1)) {
      for (const branch of operand as Doc[]) collect(branch, seed);
    } else if (!key.startsWith('$')) collectField(key, operand, seed);
  }
}

function collectField(path: string, operand: unknown, seed: Doc): void {
  if (!isOperatorDocument(operand)) {
    if (!isRegex(operand)) fix(seed, path, operand);
    return;
  }
  if ('$eq' in operand) fix(seed, path, operand.$eq);
  const { $in, $all } = operand;
  if (Array.isArray($in) && $in.length === 1) fix(seed, path, $in[0]);
  if (Array.isArray($all) && $all.length === 1 && !isDocument($all[0])) fix(seed, path, $all[0]);
}
