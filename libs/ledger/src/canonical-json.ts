// RFC 8785 (JSON Canonicalization Scheme): one text per value, so that one hash per value exists.
import { hash } from 'node:crypto';
import { LedgerError } from './ledger-error.ts';

/** Deeper values are refused before they exhaust the stack; nothing on the chain nests deeper than five. */
const MAX_DEPTH = 100;

/**
 * The canonical text: no spaces, keys in UTF-16 order, numbers and strings as ECMAScript writes them. What JSON would
 * drop or bend (undefined, functions, NaN, class instances, holes, lone surrogates) throws `not_canonical`: a hash over
 * less than what was meant is worse than none.
 */
export function canonicalJson(value: unknown): string {
  return write(value, '$', 0);
}

/** SHA-256 of the canonical text in UTF-8, 64 lower-case hex. */
export function canonicalHash(value: unknown): string {
  return hash('sha256', canonicalJson(value), 'hex');
}

function write(value: unknown, path: string, depth: number): string {
  if (depth > MAX_DEPTH) throw refuse(path, `nests deeper than ${MAX_DEPTH} levels`);
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw refuse(path, 'holds a lone surrogate');
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw refuse(path, `is ${value}`);
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? writeArray(value, path, depth) : writeObject(value, path, depth);
    default:
      throw refuse(path, `is ${typeof value}`);
  }
}

function writeArray(list: readonly unknown[], path: string, depth: number): string {
  // A loop, since map() skips holes and would write [1,,2].
  const parts: string[] = [];
  for (let i = 0; i < list.length; i++) parts.push(write(list[i], `${path}[${i}]`, depth + 1));
  return `[${parts.join(',')}]`;
}

function writeObject(value: object, path: string, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) throw refuse(path, 'is not a plain object');
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = members.map(([key, member]) => {
    if (!key.isWellFormed()) throw refuse(path, 'has a key with a lone surrogate');
    return `${JSON.stringify(key)}:${write(member, `${path}.${key}`, depth + 1)}`;
  });
  return `{${parts.join(',')}}`;
}

function refuse(path: string, why: string): LedgerError {
  return new LedgerError('not_canonical', `${path} ${why}`);
}
