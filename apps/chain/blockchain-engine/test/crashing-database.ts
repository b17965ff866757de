import type { Collection, Db } from 'mongodb';

/** `before`: the write never happens. `half`: a write of many stops in the middle. `after`: it happens, nobody hears of it. */
export const CRASH_MODES = ['before', 'half', 'after'] as const;
export type CrashMode = (typeof CRASH_MODES)[number];

export class Crash extends Error {
  override readonly name = 'Crash';
}

const WRITES = new Set([
  'insertOne',
  'insertMany',
  'updateOne',
  'updateMany',
  'bulkWrite',
  'deleteMany',
  'findOneAndUpdate',
]);

/** Half of what a write of many is about; undefined for a write of one document, which is atomic. */
function halfOf(method: string, [what, ...rest]: unknown[]): unknown[] | undefined {
  const half = (list: unknown[]) => list.slice(0, Math.floor(list.length / 2));
  if (method === 'insertMany' || method === 'bulkWrite') return [half(what as unknown[]), ...rest];
  const ids = (what as { _id?: { $in?: unknown[] } })._id?.$in;
  return (method === 'deleteMany' || method === 'updateMany') && ids
    ? [{ _id: { $in: half(ids) } }, ...rest]
    : undefined;
}

/** A database on which a process dies at its n-th write: from then on nothing of it works any more. */
export class CrashingDatabase {
  readonly #crashAt: number;
  readonly #mode: CrashMode;
  #writes = 0;
  #isDead = false;

  constructor(crashAt: number, mode: CrashMode) {
    this.#crashAt = crashAt;
    this.#mode = mode;
  }

  get hasCrashed(): boolean {
    return this.#isDead;
  }

  wrap(database: Db): Db {
    return this.#proxy(database, (name, args) => {
      const result = call(database, name, args);
      return name === 'collection' ? this.#collection(result as Collection) : result;
    });
  }

  #collection(collection: Collection): Collection {
    return this.#proxy(collection, (name, args) => {
      if (this.#isDead) throw new Crash('dead');
      return WRITES.has(name) ? this.#write(collection, name, args) : call(collection, name, args);
    });
  }

  async #write(collection: Collection, name: string, args: unknown[]): Promise<unknown> {
    this.#writes += 1;
    if (this.#writes !== this.#crashAt) return call(collection, name, args);
    this.#isDead = true;
    const part = this.#mode === 'after' ? args : this.#mode === 'half' ? halfOf(name, args) : undefined;
    const isEmpty = part && Array.isArray(part[0]) && part[0].length === 0;
    if (part && !isEmpty) await call(collection, name, part);
    throw new Crash(`at write ${this.#writes}, ${name} of ${collection.collectionName}, ${this.#mode}`);
  }

  #proxy<Target extends object>(target: Target, onCall: (name: string, args: unknown[]) => unknown): Target {
    return new Proxy(target, {
      get: (_target, name) => {
        const value = Reflect.get(target, name, target);
        return typeof value === 'function' ? (...args: unknown[]) => onCall(String(name), args) : value;
      },
    });
  }
}

function call(target: object, name: string, args: unknown[]): unknown {
  return (Reflect.get(target, name, target) as (...given: unknown[]) => unknown).apply(target, args);
}
