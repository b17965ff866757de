/** Sort specifications: parsing, and the bytes documents are ordered by. */
import { errors } from '../../errors.ts';
import { encodeField } from '../bson/key-encoding.ts';
import { wholeNumber } from '../bson/numbers.ts';
import { type Doc, isDocument, isNumber } from '../bson/types.ts';
import { indexedValues, splitPath } from './paths.ts';

export interface SortField {
  path: string;
  descending: boolean;
}

/** @throws CommandError BadValue for a direction other than 1 and -1 */
export function parseSort(spec: Doc): SortField[] {
  return Object.keys(spec).map((path) => {
    const direction = spec[path];
    if (path === '') throw errors.location(40352, 'FieldPath cannot be constructed with empty string');
    if (isDocument(direction)) throw errors.badValue(`$meta sorts are not supported by this server`);
    const value = isNumber(direction) ? wholeNumber(direction) : undefined;
    if (value !== 1 && value !== -1)
      throw errors.location(15975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
    return { path, descending: value === -1 };
  });
}

/** Bytes that order documents by the fields. Of an array the least element counts, downwards the greatest. */
export function compileSortKey(fields: SortField[]): (doc: Doc) => Buffer {
  const compiled = fields.map(({ path, descending }) => ({ parts: splitPath(path), descending }));
  return (doc) => {
    const keys = compiled.map(({ parts, descending }) => {
      const values = indexedValues(doc, parts);
      const candidates = values.map((value) => encodeField(value, descending));
      return candidates.length === 1
        ? (candidates[0] as Buffer)
        : candidates.reduce((best, key) => (Buffer.compare(key, best) < 0 ? key : best));
    });
    return keys.length === 1 ? (keys[0] as Buffer) : Buffer.concat(keys);
  };
}

/** A stable sort of anything that holds a document. */
export function sortBy<T>(items: T[], docOf: (item: T) => Doc, fields: SortField[]): T[] {
  const keyOf = compileSortKey(fields);
  return items
    .map((item) => ({ item, key: keyOf(docOf(item)) }))
    .sort((a, b) => Buffer.compare(a.key, b.key))
    .map(({ item }) => item);
}
