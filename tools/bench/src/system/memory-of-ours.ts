import { setTimeout as sleep } from 'node:timers/promises';
import { findService, type MeasuredMemory, type MemoryRun, measuredName, system } from '@lucid/deploy';
import type { Bench } from '../benchmark.ts';
import { thisMachine } from '../measure/machine.ts';
import { BenchSystem } from './bench-system.ts';
import { gatewayAddress } from './gateway-address.ts';
import { memoryOf } from './memory.ts';
import { loadText, recordTogether, type SharedLoad } from './together.ts';
import { OPEN_SYSTEM } from './wishes.ts';

const MIB = 1024 * 1024;
const IDLE_SAMPLES = 10;
const SAMPLE_EVERY_MS = 1000;

/** Our own services as processes, begun anew: what each holds when idle, and the most it ever held until the load is over. */
export async function memoryOfOurs(bench: Bench, load: SharedLoad): Promise<MemoryRun> {
  bench.say('our own services, as processes');
  const wishes = { home: bench.folder('limits'), publish: await gatewayAddress(), env: OPEN_SYSTEM };
  let stop = async (): Promise<void> => undefined;
  try {
    const running = await BenchSystem.start({ ...wishes, build: true }, (stopIt) => {
      stop = bench.belongings.add(stopIt);
    });
    const before = await pidsOf(running);
    const idle = await idleBytes(before);
    bench.say(loadText(load));
    await recordTogether(bench, running.url, load);
    const images: Record<string, MeasuredMemory> = {};
    for (const [service, pid] of await pidsOf(running)) {
      if (before.get(service) !== pid) throw new Error(`${service} was restarted: its memory is not known`);
      const peak = memoryOf(pid)?.peakBytes;
      const rest = idle.get(service);
      const drawn = findService(system, service);
      if (peak === undefined || rest === undefined || !drawn)
        throw new Error(`memory of ${service} is unknown`);
      images[measuredName(drawn)] = { idle_mib: inMib(rest), peak_mib: inMib(peak) };
    }
    return { engine: 'process', profile: 'dev', ...surroundings(load), images };
  } finally {
    await stop();
  }
}

/** When, where and under what something was measured. */
export function surroundings(load: SharedLoad): Pick<MemoryRun, 'measured_on' | 'machine' | 'node' | 'load'> {
  const { cores, memoryGib, platform, node } = thisMachine();
  const machine = `${cores} cores, ${memoryGib} GiB, ${platform}`;
  return { measured_on: new Date().toISOString().slice(0, 10), machine, node, load: loadText(load) };
}

/** Whole MiB, rounded up: what is measured is never told smaller than it was. */
export const inMib = (bytes: number): number => Math.ceil(bytes / MIB);

/** By service; the profile has one of each. */
async function pidsOf(running: BenchSystem): Promise<Map<string, number>> {
  const { instances } = await running.status();
  return new Map(instances.flatMap(({ service, pid }) => (pid === undefined ? [] : [[service, pid]])));
}

/** The most each held in some seconds in which nobody asked for anything. */
async function idleBytes(pids: ReadonlyMap<string, number>): Promise<Map<string, number>> {
  const most = new Map<string, number>();
  for (let sample = 0; sample < IDLE_SAMPLES; sample++) {
    await sleep(SAMPLE_EVERY_MS);
    for (const [service, pid] of pids) {
      const bytes = memoryOf(pid)?.rssBytes;
      if (bytes !== undefined) most.set(service, Math.max(bytes, most.get(service) ?? 0));
    }
  }
  return most;
}
