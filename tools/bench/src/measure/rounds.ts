import { type Timed, timedAsync } from './timed.ts';

/**
 * Runs every contestant once per round, in turn, after one round that is not counted: whatever slows the machine down for
 * a while meets all of them.
 * @returns one measurement per round for each
 */
export async function inRounds<Name extends string>(
  rounds: number,
  contestants: Readonly<Record<Name, () => unknown>>,
): Promise<Record<Name, Timed[]>> {
  const names = Object.keys(contestants) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Timed[]>;
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const measured = await timedAsync(async () => contestants[name]());
      if (round >= 0) results[name].push(measured);
      await new Promise((resolve) => setImmediate(resolve)); // signals are answered between two of them
    }
  }
  return results;
}

/** `amount` per second of wall time, per round. */
export const perSecond = (amount: number, measured: readonly Timed[]): number[] =>
  measured.map(({ wallSeconds }) => amount / wallSeconds);

/** `amount` per second of CPU time, per round. */
export const perCpuSecond = (amount: number, measured: readonly Timed[]): number[] =>
  measured.map(({ cpuSeconds }) => amount / cpuSeconds);
