import type { System } from '../model/types.ts';
import { EDGE_ALGORITHMS, type EdgeAlgorithm } from '../tiers/edge/algorithms.ts';
import { type EdgeTier, withEdge } from '../tiers/edge.ts';
import { type ElasticsearchTier, withElasticsearch } from '../tiers/elasticsearch.ts';
import { withMesh } from '../tiers/mesh.ts';
import { type MongoTier, withMongo } from '../tiers/mongodb.ts';
import { withMonitoring } from '../tiers/monitoring.ts';
import { type RedisTier, withRedis } from '../tiers/redis.ts';

/** What stands below, before and beside our services. */
export interface Tiers {
  readonly mongodb: MongoTier;
  readonly redis: RedisTier;
  readonly elasticsearch: ElasticsearchTier;
  /** The door before the gateways, and how many of it. */
  readonly edge: EdgeTier;
  readonly edgeReplicas: number;
  readonly edgeAlgorithm: EdgeAlgorithm;
  /** Consul and Envoy. */
  readonly mesh: boolean;
  /** Prometheus, Alertmanager and Grafana. */
  readonly monitoring: boolean;
}

/** What a bare machine can run. */
export const SMALLEST: Tiers = {
  mongodb: 'embedded',
  redis: 'none',
  elasticsearch: 'none',
  edge: 'none',
  edgeReplicas: 1,
  edgeAlgorithm: 'least-connections',
  mesh: false,
  monitoring: false,
};

/** What may be said for each, for help texts and for checking what was said. */
export const TIER_CHOICES = {
  mongodb: ['embedded', 'single', 'replica-set'],
  redis: ['none', 'single', 'cluster', 'cluster-with-replicas'],
  elasticsearch: ['none', 'single', 'cluster'],
  edge: ['none', 'haproxy', 'traefik', 'nginx'],
  edgeReplicas: ['1', '2', '3'],
  edgeAlgorithm: EDGE_ALGORITHMS,
  mesh: ['true', 'false'],
  monitoring: ['true', 'false'],
} as const satisfies Record<keyof Tiers, readonly string[]>;

/** Draws the tiers onto the system; edges to stores that are not there are taken away. */
export function withTiers(system: System, tiers: Tiers): System {
  const stored = withElasticsearch(
    withRedis(withMongo(system, tiers.mongodb), tiers.redis),
    tiers.elasticsearch,
  );
  const edged = withEdge(stored, tiers.edge, tiers.edgeReplicas, tiers.edgeAlgorithm);
  const meshed = tiers.mesh ? withMesh(edged) : edged;
  const full = tiers.monitoring ? withMonitoring(meshed) : meshed;
  return withoutAbsentStores(full);
}

function withoutAbsentStores(system: System): System {
  const present = system.stores.filter((store) => store.members.length > 0);
  const known = new Set(present.map((store) => store.name));
  return {
    ...system,
    stores: present,
    services: system.services.map((service) => ({
      ...service,
      uses: service.uses.filter((use) => known.has(use.store)),
    })),
  };
}
