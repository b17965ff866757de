import { readFileSync } from 'node:fs';
import { systemClock } from '@lucid/clock';
import type { InstanceStatus } from '@lucid/deploy';
import { MongoClient } from 'mongodb';
import type { LucidSystem } from './system.ts';

export const validatorName = (number: number): string => `blockchain-validator-${number}`;

/** The one instance of a validator. @throws Error when it is not there */
export async function validatorOf(system: LucidSystem, number: number): Promise<InstanceStatus> {
  const [instance] = await system.instancesOf(validatorName(number));
  if (!instance) throw new Error(`there is no validator ${number}`);
  return instance;
}

/** What the process was really started with (Linux). */
export function environmentOf({ id, pid }: InstanceStatus): ReadonlyMap<string, string> {
  if (pid === undefined) throw new Error(`${id} does not run`);
  const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  return new Map(
    entries.flatMap((entry) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(entry) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
}

const LOOK_EVERY_MS = 50;

/**
 * Kills it, and whatever is started in its place, long before that can vote. Resolves with what lets it live again, once
 * the first is dead.
 */
export async function holdDown(system: LucidSystem, number: number): Promise<() => Promise<void>> {
  let isOver = false;
  const kill = async () => {
    const { pid } = await validatorOf(system, number);
    if (pid === undefined) return;
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // dead already, and not told yet
    }
  };
  await kill();
  const held = (async () => {
    while (!isOver) {
      await kill();
      await systemClock.sleep(LOOK_EVERY_MS);
    }
  })();
  return async () => {
    isOver = true;
    await held;
  };
}

/** The hash of a block as this validator keeps it, in its own database; undefined where it has not got so far. */
export async function keptHash(
  system: LucidSystem,
  database: string,
  height: number,
): Promise<string | undefined> {
  const client = new MongoClient(await system.databaseUri(database));
  try {
    const blocks = client.db().collection<{ _id: number; hash: string }>('blocks');
    return (await blocks.findOne({ _id: height }))?.hash;
  } finally {
    await client.close();
  }
}
