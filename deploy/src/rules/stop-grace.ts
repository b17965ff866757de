import type { Service } from '../model/types.ts';
import type { Rule } from './rule.ts';

/** Defaults of `libs/config`; a variable of the service wins. */
const DRAIN_DELAY_MS = 1500;
const SHUTDOWN_DEADLINE_MS = 8000;
/** Steps of a stop that wait for others: requests in flight, work in hand, the store. The rest close at once. */
const WAITING_STEPS = 3;

export const stopGrace: Rule = {
  name: 'stop-grace',
  because: 'an engine that kills before the drain is over cuts requests and writes in two',
  check: ({ services }) =>
    services.filter(({ image, kind }) => image.ours && kind !== 'job').flatMap(tooShort),
};

function tooShort({ name, env, stopGraceSeconds }: Service): string[] {
  const drainMs = Number(env.DRAIN_DELAY_MS ?? DRAIN_DELAY_MS);
  const deadlineMs = Number(env.SHUTDOWN_DEADLINE_MS ?? SHUTDOWN_DEADLINE_MS);
  const neededSeconds = Math.ceil((drainMs + WAITING_STEPS * deadlineMs) / 1000);
  return stopGraceSeconds >= neededSeconds
    ? []
    : [`${name} may need ${neededSeconds} s to stop, but is killed after ${stopGraceSeconds} s`];
}
