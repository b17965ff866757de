import type { Dashboard } from './dashboard.ts';
import { lines, numbers, type Panel, perSecond, query } from './panel.ts';

/** What the exporters that are there can show; undefined where there is none. */
export function stores(has: (part: string) => boolean): Dashboard | undefined {
  const panels = [
    ...(has('mongodb-exporter') ? mongodb : []),
    ...(has('redis') ? redis : []),
    ...(has('elasticsearch-exporter') ? elasticsearch : []),
  ];
  return panels.length === 0 ? undefined : { name: 'foundation', title: 'Lucid 08 Storage', panels };
}

const mongodb: readonly Panel[] = [numbers('MongoDB answers', 'none', query('max(mongodb_up)', 'MongoDB'))];

const redis: readonly Panel[] = [
  numbers('Redis answers', 'none', query('redis_up', '{{service}}')),
  lines('Redis commands', 'ops', query(perSecond('redis_commands_processed_total'), '{{service}}')),
  lines(
    'Redis memory',
    'bytes',
    query('redis_memory_used_bytes', '{{service}} used'),
    query('redis_memory_max_bytes > 0', '{{service}} at most'),
  ),
  lines('Redis clients', 'short', query('redis_connected_clients', '{{service}}')),
  lines('Redis evictions', 'ops', query(perSecond('redis_evicted_keys_total'), '{{service}}')),
];

const elasticsearch: readonly Panel[] = [
  numbers(
    'Elasticsearch',
    'none',
    query('elasticsearch_cluster_health_status == 1', '{{color}}'),
    query('elasticsearch_cluster_health_number_of_nodes', 'nodes'),
  ),
  lines(
    'Elasticsearch heap',
    'percentunit',
    query(
      'elasticsearch_jvm_memory_used_bytes{area="heap"} / elasticsearch_jvm_memory_max_bytes{area="heap"}',
      '{{name}}',
    ),
  ),
];
