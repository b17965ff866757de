import type { InstanceStatus } from '../engines/engine.ts';
import type { Service } from '../model/types.ts';
import type { Check, CheckContext, Result } from './check.ts';
import { type Finding, perService } from './per-service.ts';

const MIB = 2 ** 20;
/** Worth a word: the scaling guide's own threshold for more replicas. */
const MUCH = 0.8;
/** The next allocation may be the last one. */
const TOO_MUCH = 0.95;

/**
 * What each instance takes of the memory it may take: a container of its limit. A process has no limit; it is held
 * against the limit it would have in a container, and told when it takes more than the model expects of it, which is
 * what the machine's memory was reckoned with before the start.
 */
export const memory: Check = {
  name: 'memory',
  run: async (context) => {
    const { instances } = context.status;
    if (instances.length > 1 && instances.every(({ rssBytes }) => rssBytes === undefined))
      return [nobodyTells(context)];
    return perService(context, memory.name, async (instance) => {
      const service = context.system.services.find(({ name }) => name === instance.service);
      return findingOf(instance, service, context.containers);
    });
  },
};

const nobodyTells = ({ engine, status }: CheckContext): Result => ({
  check: memory.name,
  subject: `${status.instances.length} instances`,
  verdict: 'unknown',
  detail: `the ${engine.name} engine cannot tell of any`,
});

function findingOf(
  { id, rssBytes, state }: InstanceStatus,
  service: Service | undefined,
  containers: boolean,
): Finding {
  if (!service) return { id, verdict: 'unknown', detail: 'nothing says how much it may take' };
  if (rssBytes === undefined)
    return { id, verdict: 'unknown', detail: state === 'ready' ? 'the engine cannot tell' : `is ${state}` };
  const { memoryMiB } = service.resources.limits;
  const share = rssBytes / MIB / memoryMiB;
  const taken = `${Math.round(rssBytes / MIB)} of ${memoryMiB} MiB`;
  const percent = `${Math.round(share * 100)} %`;
  if (share >= TOO_MUCH) return { id, verdict: 'failed', detail: `${taken}, ${percent}` };
  const { expectedMiB } = service.memory;
  const over = !containers && rssBytes > expectedMiB * MIB ? `, ${expectedMiB} expected` : '';
  const near = share >= MUCH ? `, ${percent}: near its limit` : '';
  return { id, verdict: 'ok', detail: `${taken}${near}${over}` };
}
