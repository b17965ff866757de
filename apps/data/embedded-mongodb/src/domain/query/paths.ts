/** Walking dotted paths the way MongoDB does: arrays on the way are entered, `a.0` is an index or a field. */
import { getField } from '../bson/codec.ts';
import { isDocument } from '../bson/types.ts';

/** What a match found out on its way: the element index the positional operator `$` stands for. */
export interface MatchContext {
  index?: number;
}

export type Leaf = (value: unknown, context: MatchContext) => boolean;

export const splitPath = (path: string): string[] => path.split('.');

/** The array index a path component stands for, or -1. */
export const indexOfPart = (part: string): number => (/^(0|[1-9]\d{0,9})$/.test(part) ? Number(part) : -1);

/** True when `leaf` holds for any value the path reaches. A path that leads nowhere reaches `undefined`. */
export function anyAt(
  value: unknown,
  parts: string[],
  at: number,
  leaf: Leaf,
  context: MatchContext,
): boolean {
  const part = parts[at];
  if (part === undefined) return leaf(value, context);
  if (Array.isArray(value)) return anyInArray(value, parts, at, leaf, context);
  if (isDocument(value)) return anyAt(getField(value, part), parts, at + 1, leaf, context);
  return leaf(undefined, context);
}

function anyInArray(
  value: unknown[],
  parts: string[],
  at: number,
  leaf: Leaf,
  context: MatchContext,
): boolean {
  const index = indexOfPart(parts[at] as string);
  if (index >= 0 && index < value.length && anyAt(value[index], parts, at + 1, leaf, context)) return true;
  for (let i = 0; i < value.length; i++) {
    if (isDocument(value[i]) && anyAt(value[i], parts, at, leaf, context)) {
      context.index = i;
      return true;
    }
  }
  return false;
}

/** Lets a predicate on values also hold for a value's array elements. */
export function orElements(test: (value: unknown) => boolean): Leaf {
  return (value, context) => {
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) {
        if (test(value[i])) {
          context.index = i;
          return true;
        }
      }
    }
    return test(value);
  };
}

/**
 * The values an index holds for a path: elements of arrays one by one, `null` where the path leads nowhere, `undefined` for
 * an empty array. Sort keys and `distinct` are made of the same values.
 */
export function indexedValues(value: unknown, parts: string[], at = 0, out: unknown[] = []): unknown[] {
  const part = parts[at];
  if (part === undefined) {
    if (!Array.isArray(value)) out.push(value ?? null);
    else if (value.length === 0) out.push(undefined);
    else for (const element of value) out.push(element);
    return out;
  }
  if (isDocument(value)) return indexedValues(getField(value, part), parts, at + 1, out);
  if (!Array.isArray(value)) {
    out.push(null);
    return out;
  }
  const index = indexOfPart(part);
  if (index >= 0 && index < value.length) indexedValues(value[index], parts, at + 1, out);
  for (const element of value) {
    if (isDocument(element) && (index < 0 || Object.hasOwn(element, part)))
      indexedValues(element, parts, at, out);
    else if (index < 0) out.push(null);
  }
  if (out.length === 0) out.push(null);
  return out;
}

/** True when an array lies on the path or at its end. */
export function crossesArray(value: unknown, parts: string[], at = 0): boolean {
  if (Array.isArray(value)) return true;
  const part = parts[at];
  if (part === undefined || !isDocument(value)) return false;
  return crossesArray(getField(value, part), parts, at + 1);
}

/** True when the path leads to a value (arrays are entered). */
export const existsAt = (doc: unknown, parts: string[]): boolean =>
  anyAt(doc, parts, 0, (value) => value !== undefined, {});
