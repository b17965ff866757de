/** Finding and making the places an update writes to. */
import { errors } from '../../errors.ts';
import { getField, setField } from '../bson/codec.ts';
import { show } from '../bson/show.ts';
import { type Doc, isDocument, typeOf } from '../bson/types.ts';
import type { Filter } from '../query/filter.ts';
import { indexOfPart } from '../query/paths.ts';

/** MongoDB pads arrays with null up to this position and no further. */
const MAX_PADDING = 1_500_000;

/** What positional path components stand for. */
export interface Positions {
  /** The element the filter matched, for `$`. */
  matched: number | undefined;
  /** The tests of `$[identifier]`. */
  filters: ReadonlyMap<string, Filter>;
}

/**
 * Replaces `$`, `$[]` and `$[identifier]` by element numbers; one path can become many, or none.
 * @throws CommandError BadValue where a positional component meets no array
 */
export function concretePaths(doc: Doc, parts: string[], positions: Positions): string[][] {
  const at = parts.findIndex((part) => part.startsWith('$'));
  if (at < 0) return [parts];
  const part = parts[at] as string;
  const before = parts.slice(0, at);
  const rest = parts.slice(at + 1);
  if (part === '$') {
    if (positions.matched === undefined)
      throw errors.badValue('The positional operator did not find the match needed from the query.');
    return concretePaths(doc, [...before, String(positions.matched), ...rest], positions);
  }
  if (!/^\$\[.*\]$/.test(part))
    throw errors.dollarPrefixedFieldName(
      `The dollar ($) prefixed field '${part}' in '${parts.join('.')}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
    );
  const array = valueAt(doc, before);
  if (!Array.isArray(array)) throw notAnArray(array, before);
  const identifier = part.slice(2, -1);
  const test = identifier === '' ? () => true : positions.filters.get(identifier);
  if (!test)
    throw errors.badValue(
      `No array filter found for identifier '${identifier}' in path '${parts.join('.')}'`,
    );
  return array.flatMap((element, index) =>
    test({ [identifier]: element }) ? concretePaths(doc, [...before, String(index), ...rest], positions) : [],
  );
}

const notAnArray = (value: unknown, path: string[]): Error =>
  value === undefined
    ? errors.badValue(
        `The path '${path.join('.')}' must exist in the document in order to apply array updates.`,
      )
    : errors.badValue(`Cannot apply array updates to non-array element ${path.at(-1)}: ${show(value)}`);

/** The value at a concrete path, or undefined. Array elements only by number. */
export function valueAt(value: unknown, parts: string[]): unknown {
  return parts.reduce<unknown>((current, part) => {
    if (Array.isArray(current)) return current[indexOfPart(part)];
    return isDocument(current) ? getField(current, part) : undefined;
  }, value);
}

function notViable(part: string, name: string, value: unknown): Error {
  return errors.pathNotViable(`Cannot create field '${part}' in element {${name}: ${show(value)}}`);
}

/** Sets the value, making documents on the way. @throws CommandError PathNotViable below a scalar */
export function setAt(doc: Doc, parts: string[], value: unknown): void {
  let current: unknown = doc;
  parts.forEach((part, depth) => {
    const last = depth === parts.length - 1;
    const child = Array.isArray(current) ? current[indexOfPart(part)] : getField(current as Doc, part);
    const next = last ? value : child === undefined ? {} : child;
    if (!last && !isDocument(next) && !Array.isArray(next))
      throw notViable(parts[depth + 1] as string, part, next);
    if (last || child === undefined) put(current as Doc | unknown[], part, next, parts[depth - 1] ?? '');
    current = next;
  });
}

function put(container: Doc | unknown[], part: string, value: unknown, name: string): void {
  if (!Array.isArray(container)) {
    setField(container, part, value);
    return;
  }
  const index = indexOfPart(part);
  if (index < 0) throw notViable(part, name, container);
  if (index > container.length + MAX_PADDING)
    throw errors.badValue(`can't backfill more than ${MAX_PADDING} elements`);
  while (container.length < index) container.push(null);
  container[index] = value;
}

/** Removes a field; an array element becomes null, as in MongoDB. */
export function removeAt(doc: Doc, parts: string[]): void {
  const container = valueAt(doc, parts.slice(0, -1));
  const last = parts.at(-1) as string;
  if (Array.isArray(container)) {
    const index = indexOfPart(last);
    if (index >= 0 && index < container.length) container[index] = null;
  } else if (isDocument(container)) delete container[last];
}

/** For messages: `{_id: 1} has the field 'a' of non-numeric type string`. */
export const describeField = (doc: Doc, path: string, value: unknown): string =>
  `{_id: ${show(doc._id)}} has the field '${path}' of`.concat(` non-numeric type ${typeOf(value)}`);
