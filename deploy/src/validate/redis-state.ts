import { SECRETS_DIR } from '../render/container-system.ts';
import { type CheckContext, reasonOf } from './check.ts';
import type { DrawnStore, StoreVerdict } from './drawn-store.ts';
import { captureInAny, whyOf } from './inside.ts';
import { parseClusterNodes } from './redis-nodes.ts';

const ALL_SLOTS = 16_384;
/** A queue that is this full will soon refuse writes; a cache may be full, it makes room. */
const TOO_FULL = 0.95;
const MIB = 2 ** 20;

/** A cluster by what every member says of it, a single server by its memory. The password stays in the container. */
export async function redisState(context: CheckContext, drawn: DrawnStore): Promise<StoreVerdict> {
  const [first] = drawn.members;
  if (!first?.image.programs.includes('redis-cli') || !first.image.programs.includes('sh'))
    return { verdict: 'unknown', detail: 'its image has no redis-cli' };
  if (drawn.members.length === 1) return singleState(context, drawn);
  const views = await Promise.all(drawn.running.map(({ id }) => viewOf(context, drawn, id)));
  const heard = views.filter((view) => view.problem === undefined);
  if (heard.length === 0)
    return { verdict: 'unknown', detail: views[0]?.problem ?? 'none of its members is running' };
  const bad = heard.filter(({ faults }) => faults.length > 0);
  const unheard = views.filter(({ problem }) => problem !== undefined);
  const missing = drawn.members.length - drawn.running.length;
  const detail = [
    ...new Set([
      ...(bad.length === 0
        ? [heard[0]?.summary ?? '']
        : bad.map(({ id, faults }) => `${id}: ${faults.join(', ')}`)),
      ...(missing > 0 ? [`${missing} of its members not running`] : []),
      ...unheard.map(({ id, problem }) => `${id}: ${problem}`),
    ]),
  ].join('; ');
  if (bad.length > 0 || missing > 0) return { verdict: 'failed', detail };
  return { verdict: unheard.length > 0 ? 'unknown' : 'ok', detail };
}

interface View {
  readonly id: string;
  readonly summary: string;
  readonly faults: readonly string[];
  /** Why it could not be asked. */
  readonly problem: string | undefined;
}

async function viewOf(context: CheckContext, drawn: DrawnStore, id: string): Promise<View> {
  try {
    const captured = await context.capture(id, asked(drawn, 'CLUSTER INFO', 'CLUSTER NODES'));
    if (captured.exitCode !== 0) throw new Error(whyOf(captured));
    return { id, ...judged(captured.stdout, drawn), problem: undefined };
  } catch (error) {
    return { id, summary: '', faults: [], problem: reasonOf(error) };
  }
}

function judged(text: string, { members, jobs }: DrawnStore): Pick<View, 'summary' | 'faults'> {
  const state = fieldOf(text, 'cluster_state');
  const slots = Number(fieldOf(text, 'cluster_slots_ok'));
  if (state === undefined) throw new Error(`no answer to CLUSTER INFO: ${text.split('\n')[0] ?? ''}`);
  const perMaster = Number(jobs.map(({ env }) => env.REDIS_REPLICAS_PER_MASTER).find(Boolean) ?? 0);
  const wantedMasters = members.length / (1 + perMaster);
  const nodes = parseClusterNodes(text).filter(({ failing }) => !failing);
  const masters = nodes.filter(({ role }) => role === 'master').length;
  const replicas = nodes.length - masters;
  const roles = `${masters} masters and ${replicas} replicas`;
  const faults = [
    ...(state === 'ok' ? [] : [`state ${state}`]),
    ...(slots === ALL_SLOTS ? [] : [`${slots} of ${ALL_SLOTS} slots served`]),
    ...(masters === wantedMasters && nodes.length === members.length
      ? []
      : [`${roles}, wanted ${wantedMasters} and ${members.length - wantedMasters}`]),
  ];
  return { summary: `state ok, ${slots} slots, ${roles}`, faults };
}

async function singleState(context: CheckContext, drawn: DrawnStore): Promise<StoreVerdict> {
  const { captured } = await captureInAny(context, drawn.running, asked(drawn, 'INFO memory'));
  const used = Number(fieldOf(captured.stdout, 'used_memory'));
  const most = Number(fieldOf(captured.stdout, 'maxmemory'));
  const policy = fieldOf(captured.stdout, 'maxmemory_policy');
  if (captured.exitCode !== 0 || Number.isNaN(used) || Number.isNaN(most))
    return { verdict: 'unknown', detail: whyOf(captured) };
  if (most === 0)
    return { verdict: 'failed', detail: 'maxmemory is not set: it may grow until it is killed' };
  const detail = `${Math.round(used / MIB)} of ${Math.round(most / MIB)} MiB, ${policy}`;
  return { verdict: policy === 'noeviction' && used >= most * TOO_FULL ? 'failed' : 'ok', detail };
}

/** redis-cli takes the password from its environment: it is in no process list and in no answer. */
function asked({ store }: DrawnStore, ...questions: readonly string[]): readonly string[] {
  const login =
    store.passwordSecret === undefined
      ? ''
      : `export REDISCLI_AUTH="$(cat ${SECRETS_DIR}/${store.passwordSecret})" && `;
  const each = questions.map((question) => `redis-cli -p ${store.port} ${question}`);
  return ['sh', '-c', `${login}${each.join(' && ')}`];
}

function fieldOf(text: string, name: string): string | undefined {
  return new RegExp(`^${name}:(\\S*)\\s*$`, 'm').exec(text)?.[1];
}
