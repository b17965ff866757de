import type { System } from '../model/types.ts';

/** One check over the composed model. Returns every problem it finds, one sentence each; empty means fine. */
export interface Rule {
  readonly name: string;
  readonly because: string;
  check(system: System): string[];
}

/** Values that occur more than once. */
export function repeated<T>(values: readonly T[]): T[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
