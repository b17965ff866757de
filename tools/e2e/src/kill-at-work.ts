import type { Random } from '@lucid/clock';
import { eventually } from '@lucid/testing';
import type { Crew } from './crews.ts';
import { metricOf } from './instance-metrics.ts';
import { shuffled } from './seed.ts';
import type { LucidSystem } from './system.ts';

/** Kills, with SIGKILL, an instance of chance among those at work. @returns its id */
export function killAtWork(system: LucidSystem, { service, atWork }: Crew, random: Random): Promise<string> {
  return eventually(`one of ${service} is at work`, async () => {
    for (const instance of shuffled(random, await system.instancesOf(service))) {
      if (instance.pid === undefined || (await metricOf(instance, atWork)) === 0) continue;
      process.kill(instance.pid, 'SIGKILL');
      return instance.id;
    }
    return undefined;
  });
}
