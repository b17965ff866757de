import type { Alert } from './alert.ts';

/** Alerts of the stores whose exporters are there. */
export function storeAlerts(has: (part: string) => boolean): readonly Alert[] {
  return [
    ...(has('mongodb-exporter') ? mongodb : []),
    ...(has('redis') ? redis : []),
    ...(has('elasticsearch-exporter') ? elasticsearch : []),
  ];
}

const mongodb: readonly Alert[] = [
  {
    alert: 'MongoDBDown',
    expr: 'max by (service) (mongodb_up) == 0',
    after: '1m',
    severity: 'critical',
    summary: 'MongoDB does not answer',
    description: 'The exporter cannot ask MongoDB: nothing can be recorded as stored',
  },
];

const redis: readonly Alert[] = [
  {
    alert: 'RedisDown',
    expr: 'redis_up == 0',
    after: '1m',
    severity: 'critical',
    summary: 'Redis does not answer',
    description:
      'The server behind {{ $labels.service }} does not answer; limits are counted in each gateway meanwhile',
  },
  {
    alert: 'RedisClusterBroken',
    expr: 'redis_cluster_state == 0',
    after: '1m',
    severity: 'critical',
    summary: 'The Redis cluster misses slots',
    description:
      'Seen from {{ $labels.service }}: some of the 16384 slots have no master. After a start of all nodes at once, run lucid-redis-init again: it introduces nodes whose addresses have changed',
  },
  {
    alert: 'RedisMemoryFull',
    expr: 'redis_memory_used_bytes / (redis_memory_max_bytes > 0) > 0.9',
    after: '5m',
    severity: 'warning',
    summary: 'Redis is full',
    description:
      '{{ $labels.service }}: {{ $value | humanizePercentage }} of its memory is used; the oldest will go',
  },
];

const elasticsearch: readonly Alert[] = [
  {
    alert: 'ElasticsearchRed',
    expr: 'elasticsearch_cluster_health_status{color="red"} == 1',
    after: '1m',
    severity: 'critical',
    summary: 'Elasticsearch has lost shards',
    description: 'Searches fall back to MongoDB; the index can be built anew',
  },
  {
    alert: 'ElasticsearchYellow',
    expr: 'elasticsearch_cluster_health_status{color="yellow"} == 1',
    after: '10m',
    severity: 'warning',
    summary: 'Elasticsearch misses replicas',
    description: '{{ $labels.cluster }} has shards with one copy only',
  },
];
