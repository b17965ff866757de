/** The ways of bringing the whole of Lucid up that are measured, and whether this machine has what each needs. */
import { composeSystem, parseOverrides, profiles, resolvedImage } from '@lucid/deploy';
import { system } from './bench-model.ts';
import { managesSwarm, missingImages, whyNoCompose, whyNoDocker } from './docker.ts';
import { swarmHost } from './swarm-here.ts';

export interface StackCase {
  readonly engine: 'process' | 'compose' | 'swarm';
  readonly profile: string;
  /** What stands beside the profile's name in the report. */
  readonly remark?: string;
  readonly set: readonly string[];
}

/** Our own services alone, behind an edge. */
const NO_OTHERS = [
  'data.mongodb=embedded',
  'data.redis=none',
  'data.elasticsearch=none',
  'mesh=false',
  'monitoring=false',
];
/** Many instances on few processors: asked less often than every second, and kept no processor free. */
const CROWDED = [
  '*.reservations.cpus=0.02',
  '*.reservations.memory=32',
  '*.probe.interval=10',
  '*.probe.timeout=10',
  '*.probe.start-period=90',
];
/** What has no stand-in where there is no registry. */
const NO_GRAFANA = 'lucid-grafana.replicas=0';
const ASKED_OFTEN = '*.probe.interval=5';

/** Redis, Elasticsearch, HAProxy, Consul, Envoy, Prometheus and Alertmanager beside ours. */
export const PRODUCTION_HERE: StackCase = {
  engine: 'compose',
  profile: 'production',
  remark: 'embedded MongoDB, no Grafana',
  set: ['data.mongodb=embedded', NO_GRAFANA, ASKED_OFTEN],
};

export const DEV_CASES: readonly StackCase[] = [
  { engine: 'process', profile: 'dev', set: [] },
  { engine: 'compose', profile: 'dev', set: [] },
  { engine: 'swarm', profile: 'dev', set: [] },
];

export const LARGE_CASES: readonly StackCase[] = [
  { engine: 'process', profile: 'scale', set: [] },
  PRODUCTION_HERE,
  { engine: 'compose', profile: 'scale', remark: 'no other stores', set: [...NO_OTHERS, ...CROWDED] },
  { engine: 'swarm', profile: 'scale', remark: 'no other stores', set: [...NO_OTHERS, ...CROWDED] },
];

export const nameOf = ({ engine, profile, remark }: StackCase): string =>
  `${engine}, ${profile}${remark ? ` (${remark})` : ''}`;

/** The images a case runs. */
export function imagesOf({ profile, set }: StackCase): string[] {
  const chosen = profiles[profile];
  if (!chosen) throw new Error(`there is no profile ${profile}`);
  const { services } = composeSystem(system, chosen, parseOverrides(set));
  const running = services.filter(({ status, replicas }) => status === 'built' && replicas > 0);
  return [...new Set(running.map(({ image }) => resolvedImage(image, process.env)))];
}

/** Undefined where the case can be run, else the reason. Nothing is pulled: that would be measuring a network. */
export async function whyNotHere(wanted: StackCase): Promise<string | undefined> {
  if (wanted.engine === 'process') return undefined;
  const { host } = wanted.engine === 'swarm' ? await swarmHost() : {};
  const reason = wanted.engine === 'compose' ? await whyNoCompose() : await whyNoDocker(host);
  if (reason) return reason;
  if (wanted.engine === 'swarm' && !(await managesSwarm(host))) return 'the Docker engine manages no Swarm';
  const missing = await missingImages(imagesOf(wanted), host);
  return missing.length === 0 ? undefined : `images that are not here: ${missing.join(', ')}`;
}
