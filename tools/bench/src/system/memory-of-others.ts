import { setTimeout as sleep } from 'node:timers/promises';
import { findService, type MeasuredMemory, type MemoryRun, measuredName, type System } from '@lucid/deploy';
import type { Bench } from '../benchmark.ts';
import { type ContainerStack, startContainers } from './container-stack.ts';
import { inMib, surroundings } from './memory-of-ours.ts';
import { PRODUCTION_HERE, whyNotHere } from './stack-cases.ts';
import { recordTogether, type SharedLoad } from './together.ts';
import { OPEN_SYSTEM } from './wishes.ts';

const IDLE_SAMPLES = 4;
const PAUSE_MS = 500;

type Held = Map<string, { idle: number; peak: number }>;

/** Other people's programs of the profile `production`, on Compose. @returns the reason where that cannot be run */
export async function memoryOfOthers(bench: Bench, load: SharedLoad): Promise<MemoryRun | string> {
  const reason = await whyNotHere(PRODUCTION_HERE);
  if (reason) return reason;
  bench.say('other people’s programs, in containers');
  let stack: ContainerStack | undefined;
  try {
    stack = await startContainers(bench, PRODUCTION_HERE, OPEN_SYSTEM);
    const { engine, url } = stack;
    const wanted = await engine.wanted();
    const held: Held = new Map();
    const look = async (isIdle: boolean) => {
      for (const { service, rssBytes } of (await engine.status())?.instances ?? [])
        if (rssBytes !== undefined) note(held, wanted, service, rssBytes, isIdle);
    };
    for (let sample = 0; sample < IDLE_SAMPLES; sample++) await look(true);
    const over = new AbortController();
    const watching = (async () => {
      while (!over.signal.aborted) {
        await look(false);
        await sleep(PAUSE_MS, undefined, { signal: over.signal }).catch(() => undefined); // only an abort ends it early
      }
    })();
    watching.catch(() => undefined); // told below, once the work is over
    await recordTogether(bench, url, load).finally(() => over.abort());
    await watching;
    const images: Record<string, MeasuredMemory> = Object.fromEntries(
      [...held].map(([name, { idle, peak }]) => [name, { idle_mib: inMib(idle), peak_mib: inMib(peak) }]),
    );
    return { engine: 'compose', profile: 'production', ...surroundings(load), images };
  } finally {
    await stack?.stop();
  }
}

/** Ours are measured as processes: a container counts the files it wrote as memory too. */
function note(held: Held, wanted: System, service: string, bytes: number, isIdle: boolean): void {
  const drawn = findService(wanted, service);
  if (!drawn || drawn.image.ours) return;
  const name = measuredName(drawn);
  const { idle, peak } = held.get(name) ?? { idle: 0, peak: 0 };
  held.set(name, { idle: isIdle ? Math.max(idle, bytes) : idle, peak: Math.max(peak, bytes) });
}
