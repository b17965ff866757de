import { randomInt } from 'node:crypto';
import { type Random, seededRandom } from '@lucid/clock';

/** A run can be repeated with `LUCID_SEED=<what was printed>`. */
export function seeded(name: string): { seed: number; random: Random } {
  const seed = Number(process.env.LUCID_SEED ?? randomInt(1, 2 ** 31));
  console.log(`${name}: LUCID_SEED=${seed}`);
  return { seed, random: seededRandom(`${name}:${seed}`) };
}

/** A whole number from `min` to `max`, both included. */
export const between = (random: Random, min: number, max: number): number =>
  min + Math.floor(random.fraction() * (max - min + 1));

/** The same values in an order of chance (Fisher and Yates). */
export function shuffled<Value>(random: Random, values: readonly Value[]): Value[] {
  const result = [...values];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = between(random, 0, last);
    const [left, right] = [result[last], result[other]];
    if (left === undefined || right === undefined) continue;
    result[last] = right;
    result[other] = left;
  }
  return result;
}
