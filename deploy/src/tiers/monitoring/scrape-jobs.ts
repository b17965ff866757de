import { calledName } from '../../model/edges.ts';
import type { Cluster, Service, System } from '../../model/types.ts';

/** A group of services that are asked alike. */
export interface ScrapeJob {
  readonly name: string;
  readonly path: string;
  /** Query of the path: Consul answers in Prometheus' format only when asked to. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  /** Ours: they want the token, and their own label `service` is the one to keep. */
  readonly ours: boolean;
  readonly targets: readonly { readonly service: string; readonly port: number }[];
}

/** The deployment guide's names; what it does not name is called alike. */
const JOB_OF: Readonly<Record<Cluster, string>> = {
  data: 'lucid-foundation',
  identity: 'lucid-auth',
  gateway: 'lucid-api-gateway',
  chain: 'lucid-blockchain',
  sessions: 'lucid-session',
  rdp: 'lucid-rdp',
  nodes: 'lucid-node',
  admin: 'lucid-admin',
  tron: 'lucid-tron',
  mesh: 'lucid-mesh',
  ops: 'lucid-ops',
};

/**
 * Every built service that has metrics and can be reached from the network Prometheus is on. The wallet plane is not
 * asked: nothing but the payment gateway leads into it.
 */
export function watchedServices(system: System, network: string): (Service & { metrics: object })[] {
  return system.services.flatMap((service) => {
    const { metrics, status, plane } = service;
    const within = status === 'built' && plane !== 'wallet' && service.networks.includes(network);
    return metrics && within ? [{ ...service, metrics }] : [];
  });
}

/** The jobs, in the order in which their first services are declared. */
export function scrapeJobs(system: System, network: string): ScrapeJob[] {
  const jobs = new Map<string, ScrapeJob>();
  for (const service of watchedServices(system, network)) {
    const { metrics, cluster, image } = service;
    const name = calledName(service);
    if (!metrics) continue;
    const job = jobNameOf(name, cluster, image.ours, metrics.path);
    const [path = '', query = ''] = metrics.path.split('?');
    const before = jobs.get(job)?.targets ?? [];
    if (before.some((target) => target.service === name)) continue; // its name leads to all that share it
    jobs.set(job, {
      name: job,
      path,
      parameters: Object.fromEntries([...new URLSearchParams(query)].map(([key, value]) => [key, [value]])),
      ours: image.ours,
      targets: [...before, { service: name, port: metrics.port }],
    });
  }
  return [...jobs.values()];
}

/** Ours and the exporters go with their cluster; other people's servers have each their own way of answering. */
function jobNameOf(name: string, cluster: Cluster, ours: boolean, path: string): string {
  if (ours && cluster === 'data') return 'lucid-embedded';
  return ours || (cluster === 'data' && path === '/metrics') ? JOB_OF[cluster] : name;
}
