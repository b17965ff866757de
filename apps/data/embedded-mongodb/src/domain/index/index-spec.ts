/** Index definitions: what `createIndexes` takes and `listIndexes` gives back. */
import { errors } from '../../errors.ts';
import { hashKey } from '../bson/key-encoding.ts';
import { int, toNumber } from '../bson/numbers.ts';
import { type Doc, isDocument, isNumber } from '../bson/types.ts';
import { compileFilter, type Filter } from '../query/filter.ts';
import type { SortField } from '../query/sort.ts';

export interface IndexField extends SortField {
  parts: string[];
}

export interface IndexSpec {
  name: string;
  fields: IndexField[];
  unique: boolean;
  sparse: boolean;
  /** The filter as given and compiled, of a partial index. */
  partial: { expression: Doc; test: Filter } | undefined;
  expireAfterSeconds: number | undefined;
  hidden: boolean;
  /** The definition as `listIndexes` shows it. */
  raw: Doc;
}

const OPTIONS = new Set([
  ...['v', 'key', 'name', 'unique', 'sparse', 'partialFilterExpression', 'expireAfterSeconds', 'hidden'],
  ...['background', 'ns', 'collation', 'dropDups', 'storageEngine'],
]);
/** Accepted and without effect, as in current MongoDB; not kept. */
const FORGOTTEN = new Set(['background', 'ns', 'dropDups', 'collation', 'storageEngine']);
/** Largest value MongoDB takes for a time to live. */
const MAX_EXPIRY_SECONDS = 2_147_483_647;
const NO_ENVIRONMENT = { nowMs: 0, fraction: () => 0, variables: {} };

/** `{ a: 1, b: -1 }` → `a_1_b_-1` */
export const nameOfKey = (key: Doc): string =>
  Object.keys(key)
    .map((path) => `${path}_${isNumber(key[path]) ? toNumber(key[path]) : String(key[path])}`)
    .join('_');

/** @throws CommandError for what cannot be an index */
export function parseIndexSpec(given: Doc): IndexSpec {
  for (const option of Object.keys(given))
    if (!OPTIONS.has(option))
      throw errors.invalidIndexSpecificationOption(
        `The field '${option}' is not valid for an index specification. Specification: ${JSON.stringify(given)}`,
      );
  const { key } = given;
  if (!isDocument(key))
    throw errors.failedToParse("The 'key' field is a required property of an index specification");
  const fields = parseKey(key);
  const name = typeof given.name === 'string' ? given.name : nameOfKey(key);
  if (name === '') throw errors.cannotCreateIndex('index name cannot be empty');
  checkCollation(given.collation);
  const kept = Object.entries(given).filter(
    ([option]) => !FORGOTTEN.has(option) && !['v', 'key', 'name'].includes(option),
  );
  return {
    name,
    fields,
    unique: given.unique === true,
    sparse: given.sparse === true,
    partial: parsePartial(given),
    expireAfterSeconds: parseExpiry(given, fields),
    hidden: given.hidden === true,
    raw: { v: int(2), key, name, ...Object.fromEntries(kept) },
  };
}

function parseKey(key: Doc): IndexField[] {
  const paths = Object.keys(key);
  if (paths.length === 0) throw errors.cannotCreateIndex('Index keys cannot be an empty object');
  return paths.map((path) => {
    const direction = key[path];
    if (path === '' || path.split('.').includes(''))
      throw errors.cannotCreateIndex('Index keys cannot contain an empty field.');
    if (path.startsWith('$') || path.includes('$**'))
      throw errors.cannotCreateIndex(`Index key contains an illegal field name: field name starts with '$'.`);
    // A hashed index answers equality; an ordered one does so too.
    if (typeof direction === 'string' && direction !== 'hashed')
      throw errors.cannotCreateIndex(`Unknown index plugin '${direction}'`);
    if (
      typeof direction !== 'string' &&
      (!isNumber(direction) || toNumber(direction) === 0 || Number.isNaN(toNumber(direction)))
    )
      throw errors.cannotCreateIndex(
        'Values in v:2 index key pattern cannot be of type object or 0. Only numbers > 0, numbers < 0, and strings are allowed.',
      );
    return {
      path,
      parts: path.split('.'),
      descending: typeof direction !== 'string' && toNumber(direction) < 0,
    };
  });
}

function parsePartial(given: Doc): IndexSpec['partial'] {
  const expression = given.partialFilterExpression;
  if (expression === undefined) return undefined;
  if (!isDocument(expression))
    throw errors.typeMismatch("The field 'partialFilterExpression' must be an object");
  if (given.sparse === true)
    throw errors.cannotCreateIndex(`cannot mix "partialFilterExpression" and "sparse" options`);
  return { expression, test: compileFilter(expression, NO_ENVIRONMENT) };
}

function parseExpiry(given: Doc, fields: IndexField[]): number | undefined {
  const { expireAfterSeconds } = given;
  if (expireAfterSeconds === undefined) return undefined;
  const seconds = isNumber(expireAfterSeconds) ? toNumber(expireAfterSeconds) : Number.NaN;
  if (!(seconds >= 0 && seconds <= MAX_EXPIRY_SECONDS))
    throw errors.cannotCreateIndex(
      `TTL index 'expireAfterSeconds' option must be within an acceptable range`,
    );
  if (fields.length > 1 || fields[0]?.path === '_id')
    throw errors.cannotCreateIndex(
      'TTL indexes are single-field indexes, compound indexes and _id do not support TTL.',
    );
  return seconds;
}

function checkCollation(collation: unknown): void {
  if (isDocument(collation) && collation.locale !== 'simple')
    throw errors.notImplemented(
      'This server compares strings byte by byte: only the collation "simple" is supported',
    );
}

export const sameKey = (a: IndexSpec, b: IndexSpec): boolean => hashKey(a.raw.key) === hashKey(b.raw.key);
/** True when two definitions differ in nothing that matters. */
export const sameOptions = (a: IndexSpec, b: IndexSpec): boolean =>
  a.unique === b.unique &&
  a.sparse === b.sparse &&
  a.expireAfterSeconds === b.expireAfterSeconds &&
  hashKey(a.partial?.expression ?? null) === hashKey(b.partial?.expression ?? null);
