import type { Collection, Document } from 'mongodb';

export class Crash extends Error {
  override readonly name = 'Crash';
}

const STEPS = new Set([
  'insertOne',
  'findOneAndUpdate',
  'findOneAndReplace',
  'updateOne',
  'send',
  'find',
  'tip',
]);

/** Dies at the n-th step, before it or after it; from then on nothing works any more. Steps are writes and calls to the engine. */
export class CrashPoints {
  readonly #crashAt: number;
  readonly #when: 'before' | 'after';
  #steps = 0;
  #isDead = false;

  constructor(crashAt: number, when: 'before' | 'after') {
    this.#crashAt = crashAt;
    this.#when = when;
  }

  get hasCrashed(): boolean {
    return this.#isDead;
  }

  collection<Shape extends Document>(collection: Collection<Shape>): Collection<Shape> {
    return this.guard(collection, new Set([...STEPS].filter((name) => name !== 'find')));
  }

  guard<Target extends object>(target: Target, steps: ReadonlySet<string> = STEPS): Target {
    return new Proxy(target, {
      get: (_target, name) => {
        const value = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        const call = (args: unknown[]) => (value as (...given: unknown[]) => unknown).apply(target, args);
        return (...args: unknown[]) => {
          if (this.#isDead) throw new Crash('dead');
          return steps.has(String(name)) ? this.#step(() => call(args)) : call(args);
        };
      },
    });
  }

  async #step(work: () => unknown): Promise<unknown> {
    this.#steps += 1;
    if (this.#steps !== this.#crashAt) return work();
    this.#isDead = true;
    if (this.#when === 'after') await work();
    throw new Crash(`${this.#when} step ${this.#steps}`);
  }
}
