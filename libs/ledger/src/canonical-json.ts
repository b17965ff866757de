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
  return write(value, []);
}

/** SHA-256 of the canonical text in UTF-8, 64 lower-case hex. */
export function canonicalHash(value: unknown): string {
  return hash('sha256', canonicalJson(value), 'hex');
}

/** `path` is one list for the whole walk, pushed and popped, since a text per member would cost more than the hash. */
type Path = (string | number)[];

function write(value: unknown, path: Path): string {
  if (path.length > MAX_DEPTH) throw refuse(path, `nests deeper than ${MAX_DEPTH} levels`);
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
      return Array.isArray(value) ? writeArray(value, path) : writeObject(value, path);
    default:
      throw refuse(path, `is ${typeof value}`);
  }
}

function writeArray(list: readonly unknown[], path: Path): string {
  // A loop, since map() skips holes and would write [1,,2].
  let text = '[';
  for (let i = 0; i < list.length; i++) {
    path.push(i);
    text += (i === 0 ? '' : ',') + write(list[i], path);
    path.pop();
  }
  return `${text}]`;
}

function writeObject(value: object, path: Path): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) throw refuse(path, 'is not a plain object');
  const members = value as Readonly<Record<string, unknown>>;
  let text = '{';
  // Without a comparison function, sort() orders by UTF-16 code units: the order of the RFC.
  for (const key of Object.keys(value).sort()) {
    if (!key.isWellFormed()) throw refuse(path, 'has a key with a lone surrogate');
    path.push(key);
    text += `${text === '{' ? '' : ','}${JSON.stringify(key)}:${write(members[key], path)}`;
    path.pop();
  }
  return `${text}}`;
}

function refuse(path: Path, why: string): LedgerError {
  const place = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return new LedgerError('not_canonical', `$${place} ${why}`);
}
