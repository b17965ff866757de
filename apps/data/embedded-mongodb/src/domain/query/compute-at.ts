import { getField, setField } from '../bson/codec.ts';
import { type Doc, isDocument } from '../bson/types.ts';

/**
 * Sets a computed value at a path the way `$addFields` does: documents on the way are made, arrays are entered and every
 * element gets the value. The documents on the way are copied, the given one is changed. `undefined` removes the field.
 */
export function computeAt(target: Doc, parts: string[], value: unknown): void {
  const [first, ...rest] = parts;
  if (first === undefined) return;
  if (rest.length > 0) setField(target, first, nested(getField(target, first), rest, value));
  else if (value === undefined) delete target[first];
  else setField(target, first, value);
}

function nested(current: unknown, rest: string[], value: unknown): unknown {
  if (Array.isArray(current)) return current.map((element) => nested(element, rest, value));
  const copy: Doc = isDocument(current) ? { ...current } : {};
  computeAt(copy, rest, value);
  return copy;
}
