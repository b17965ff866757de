/** The keys a document has in an index. */
import { errors } from '../../errors.ts';
import { getField } from '../bson/codec.ts';
import { encodeField } from '../bson/key-encoding.ts';
import { type Doc, isDocument } from '../bson/types.ts';
import { existsAt, indexOfPart } from '../query/paths.ts';
import type { IndexSpec } from './index-spec.ts';

export interface IndexKeys {
  keys: Buffer[];
  /** An array lay on the way: the document may have several keys. */
  multikey: boolean;
  /** The field values of each key, for messages. */
  rows: unknown[][];
}

const NONE: IndexKeys = { keys: [], multikey: false, rows: [] };

/** Where one field of the index has got to. `rest` is empty when the value is final. */
interface Walk {
  value: unknown;
  rest: string[];
  /** True for an element of an array the path ends at: its own arrays are not entered. */
  final: boolean;
}

/** @throws CommandError CannotIndexParallelArrays */
export function keysOf(doc: Doc, spec: IndexSpec): IndexKeys {
  if (spec.partial && !spec.partial.test(doc)) return NONE;
  if (spec.sparse && !spec.fields.some(({ parts }) => existsAt(doc, parts))) return NONE;
  const start = spec.fields.map(({ parts }) => advance({ value: doc, rest: parts, final: false }));
  const rows = expand(start, spec);
  const multikey = start.some(isAtArray);
  const keys = rows.map((row) => {
    const fields = row.map((value, index) => encodeField(value, spec.fields[index]?.descending === true));
    return fields.length === 1 ? (fields[0] as Buffer) : Buffer.concat(fields);
  });
  return multikey ? { ...distinct(keys, rows), multikey } : { keys, rows, multikey };
}

function distinct(keys: Buffer[], rows: unknown[][]): { keys: Buffer[]; rows: unknown[][] } {
  const byKey = new Map(keys.map((key, index) => [key.toString('latin1'), index]));
  const kept = [...byKey.values()];
  return {
    keys: kept.map((index) => keys[index] as Buffer),
    rows: kept.map((index) => rows[index] as unknown[]),
  };
}

/** Follows the path through documents, up to its end or to an array. */
function advance(walk: Walk): Walk {
  let { value, rest } = walk;
  while (rest.length > 0) {
    const [part = '', ...others] = rest;
    const index = Array.isArray(value) ? indexOfPart(part) : -1;
    if (Array.isArray(value) && index >= 0 && index < value.length) value = value[index];
    else if (Array.isArray(value)) return { value, rest, final: false };
    else value = isDocument(value) ? getField(value, part) : undefined;
    rest = others;
  }
  return { value, rest, final: walk.final };
}

const isAtArray = (walk: Walk): boolean => Array.isArray(walk.value) && !walk.final;

/** One row of values per combination; fields that meet the same array take the same element of it. */
function expand(walks: Walk[], spec: IndexSpec): unknown[][] {
  const arrays = new Set(walks.filter(isAtArray).map(({ value }) => value as unknown[]));
  const [array, ...others] = arrays;
  if (array === undefined)
    return [walks.map(({ value, rest }) => (rest.length > 0 ? null : (value ?? null)))];
  if (others.length > 0) {
    const names = spec.fields.filter((_, i) => isAtArray(walks[i] as Walk)).map(({ parts }) => parts[0]);
    throw errors.cannotIndexParallelArrays(`cannot index parallel arrays [${names.reverse().join('] [')}]`);
  }
  const at = (walk: Walk): boolean => walk.value === array && !walk.final;
  if (array.length === 0)
    return [
      walks.map((walk) => (at(walk) ? (walk.rest.length === 0 ? undefined : null) : (walk.value ?? null))),
    ];
  return array.flatMap((element) => {
    const stepped = walks.map((walk): Walk => {
      if (!at(walk)) return walk;
      if (walk.rest.length === 0) return { value: element, rest: [], final: true };
      if (Array.isArray(element)) return { value: null, rest: [], final: true };
      return advance({ value: element, rest: walk.rest, final: false });
    });
    return expand(stepped, spec);
  });
}
