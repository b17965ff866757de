import type { Random } from '@lucid/clock';
import { systemClock } from '@lucid/clock';
import { eventually } from '@lucid/testing';
import { between, shuffled } from './seed.ts';
import type { LucidSystem } from './system.ts';

/** What was killed, and what was going on at that moment. */
export interface Kill {
  service: string;
  pid: number;
  /** How far each recording under way was. */
  phases: string[];
}

export interface ChaosPlan {
  random: Random;
  services: readonly string[];
  /** Every service is killed this often. */
  rounds: number;
  /** Phases of the recordings under way. */
  phases: () => string[];
  /** Which phases a kill of a round (from 0) waits for; it settles for any when they do not come. */
  wanted: (round: number, phase: string) => boolean;
}

const LONGEST_LULL_MS = 600;
const PHASE_WAIT_MS = 4000;
/** In one of three cases the next one dies before the last one is up again. */
const IMPATIENCE = 1 / 3;

/** Kills one service after the other with SIGKILL, in an order and at moments of chance, and only while somebody records. */
export async function unleash(system: LucidSystem, plan: ChaosPlan): Promise<Kill[]> {
  const kills: Kill[] = [];
  for (let round = 0; round < plan.rounds; round += 1)
    for (const service of shuffled(plan.random, plan.services)) {
      const isWanted = (phase: string) => plan.wanted(round, phase);
      await phaseComes(plan, isWanted);
      await systemClock.sleep(between(plan.random, 0, LONGEST_LULL_MS)); // the moment of chance
      await eventually('somebody records', () => plan.phases().length > 0, { timeoutMs: 60_000 });
      kills.push(await kill(system, service, plan));
    }
  return kills;
}

async function phaseComes({ phases }: ChaosPlan, isWanted: (phase: string) => boolean): Promise<void> {
  const options = { timeoutMs: PHASE_WAIT_MS };
  await eventually('the phase', () => phases().some(isWanted), options).catch(() => undefined); // then any will do
}

async function kill(system: LucidSystem, service: string, { random, phases }: ChaosPlan): Promise<Kill> {
  const pidOf = async () => (await system.instancesOf(service))[0]?.pid;
  const pid = await eventually(`${service} runs`, pidOf, { timeoutMs: 60_000 });
  process.kill(pid, 'SIGKILL');
  const killed = { service, pid, phases: phases() };
  const isPatient = random.fraction() > IMPATIENCE;
  const isBack = async () => {
    const [instance] = await system.instancesOf(service);
    return isPatient ? instance?.state === 'ready' && instance.pid !== pid : instance?.pid !== pid;
  };
  await eventually(`${service} is started again`, isBack, { timeoutMs: 60_000, pauseMs: 50 });
  return killed;
}
