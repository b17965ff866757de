import { readFileSync } from 'node:fs';
import { collectDefaultMetrics, Registry } from 'prom-client';

/**
 * What other people's software tells, as far as we use it: names from running HAProxy 2.6, Envoy 1.40,
 * redis_exporter 1.45 and elasticsearch_exporter 1.5, and `mongodb_up` of percona's manual.
 */
const OTHERS = [
  'up',
  'haproxy_backend_active_servers',
  'haproxy_backend_redispatch_warnings_total',
  'haproxy_backend_retry_warnings_total',
  'haproxy_frontend_bytes_in_total',
  'haproxy_frontend_bytes_out_total',
  'haproxy_frontend_http_responses_total',
  'haproxy_process_current_connections',
  'haproxy_process_max_connections',
  'haproxy_server_current_sessions',
  'envoy_cluster_membership_healthy',
  'envoy_cluster_membership_total',
  'mongodb_up',
  'redis_up',
  'redis_cluster_state',
  'redis_commands_processed_total',
  'redis_connected_clients',
  'redis_evicted_keys_total',
  'redis_memory_max_bytes',
  'redis_memory_used_bytes',
  'elasticsearch_cluster_health_number_of_nodes',
  'elasticsearch_cluster_health_status',
  'elasticsearch_jvm_memory_max_bytes',
  'elasticsearch_jvm_memory_used_bytes',
];

/** Every name an expression may use: ours from the generated page, the runtime's, the exporters'. */
export async function knownMetrics(): Promise<ReadonlySet<string>> {
  const page = readFileSync(new URL('../../../../docs/metrics.md', import.meta.url), 'utf8');
  const own = [...page.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].flatMap(([, name = '', kind]) =>
    kind === 'histogram' ? withSuffixes(name) : [name],
  );
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const runtime = (await registry.getMetricsAsJSON()).map(({ name }) => name);
  return new Set([...own, ...runtime, ...OTHERS]);
}

const withSuffixes = (histogram: string) => ['bucket', 'sum', 'count'].map((part) => `${histogram}_${part}`);
