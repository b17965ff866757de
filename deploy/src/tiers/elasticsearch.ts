/** Elasticsearch in three sizes: `none`, `single`, `cluster` of three. It holds only what can be built anew. */
import { extendSystem, type SystemPen } from '../model/define-system.ts';
import { images } from '../model/images.ts';
import type { Store } from '../model/store.ts';
import type { Network, System } from '../model/types.ts';
import { drawInitJob, networkOf, withoutServices } from './pieces.ts';
import { staticConfig } from './static-config.ts';

export type ElasticsearchTier = 'none' | 'single' | 'cluster';

const STORE = 'lucid-elasticsearch';
const PORT = 9200;
/** The guides' heap; Elasticsearch wants as much again for its file cache. */
const HEAP = '2g';
/** An index of what MongoDB has 50 GiB for, without the half that nobody searches. */
const SIZE_GIB = 25;
const LIMITS = { cpus: 2, memoryMiB: 4096 } as const;
const RESERVATIONS = { cpus: 0.5, memoryMiB: 2560 } as const;

/** Puts the wanted form of Elasticsearch behind the store's name. */
export function withElasticsearch(system: System, tier: ElasticsearchTier): System {
  if (tier === 'none') return system;
  const network = networkOf(system, 'lucid-network');
  return extendSystem(withoutServices(system, [], [STORE]), (s) => {
    const names =
      tier === 'single' ? [STORE] : [1, 2, 3].map((number) => `lucid-elasticsearch-node-${number}`);
    for (const name of names) drawNode(s, network, name, names);
    const store = drawStore(s, network, names);
    drawExporter(s, network, store);
  });
}

function drawNode(s: SystemPen, network: Network, name: string, all: readonly string[]): void {
  const others = all.filter((other) => other !== name).join(',');
  const membership: Record<string, string> =
    all.length === 1
      ? { 'discovery.type': 'single-node' }
      : { 'discovery.seed_hosts': others, 'cluster.initial_master_nodes': all.join(',') };
  s.store(name, { cluster: 'data', network, port: PORT, image: images.elasticsearch })
    .env({
      'node.name': name,
      'cluster.name': 'lucid-cluster',
      ...membership,
      // Reachable on lucid-network alone, where every part is ours; it holds no secret that MongoDB does not.
      'xpack.security.enabled': 'false',
      ES_JAVA_OPTS: `-Xms${HEAP} -Xmx${HEAP}`,
    })
    .config({
      name: 'elasticsearch.yml',
      mountPath: '/usr/share/elasticsearch/config/elasticsearch.yml',
      content: staticConfig('elasticsearch/elasticsearch.yml'),
    })
    .extraPort(undefined, 9300)
    .volume(`${name}-data`, '/usr/share/elasticsearch/data', { sizeGiB: SIZE_GIB })
    .probeBy(
      { kind: 'http', path: '/_cluster/health?local=true', port: PORT },
      { startPeriodSeconds: 60, startDeadlineMs: 120_000 },
    )
    .resources(LIMITS, RESERVATIONS)
    .stopGrace(60)
    .pinned();
}

function drawStore(s: SystemPen, network: Network, names: readonly string[]): Store {
  const job = drawInitJob(s, 'lucid-elasticsearch-init', network)
    .env({
      INIT_TASK: 'elasticsearch',
      ELASTICSEARCH_URI: `http://${names[0]}:${PORT}`,
      ELASTICSEARCH_NODES: String(names.length),
    })
    .startsAfter(...names);
  return s.logicalStore({
    name: STORE,
    scheme: 'http',
    members: names,
    initialisedBy: [job.name],
    port: PORT,
    username: '',
    passwordSecret: undefined,
  });
}

function drawExporter(s: SystemPen, network: Network, store: Store): void {
  s.support('lucid-elasticsearch-exporter', {
    cluster: 'data',
    network,
    port: 9114,
    image: images.elasticsearchExporter,
  })
    .command('elasticsearch_exporter', `--es.uri=http://${store.members[0]}:${PORT}`, '--es.all')
    .reaches(...store.members)
    .startsAfter(...store.members)
    .probeBy({ kind: 'http', path: '/healthz', port: 9114 })
    .resources({ cpus: 0.1, memoryMiB: 64 }, { cpus: 0.02, memoryMiB: 16 })
    .metricsAt(9114);
}
