import type { Alert } from './alert.ts';

export const chainAlerts: readonly Alert[] = [
  {
    alert: 'NoBlockWriter',
    expr: 'sum by (service) (blockchain_writer) < 1',
    after: '1m',
    severity: 'critical',
    summary: 'Nobody makes blocks',
    description: 'No instance of {{ $labels.service }} holds the writer lease',
  },
  {
    alert: 'TwoBlockWriters',
    expr: 'sum by (service) (blockchain_writer) > 1',
    after: '1m',
    severity: 'critical',
    summary: 'More than one instance believes to be the writer',
    description: 'The lease must have one holder; the losing one should have noticed within seconds',
  },
  {
    alert: 'BlocksSkipped',
    expr: 'sum by (service) (increase(ticks_skipped_total[5m])) >= 3',
    after: '1m',
    severity: 'warning',
    summary: 'Blocks fail to be made',
    description: '{{ $value | humanize }} ticks in five minutes made no block that should have made one',
  },
  {
    alert: 'MempoolFull',
    expr: 'max by (service) (mempool_size) > 5000',
    after: '2m',
    severity: 'warning',
    summary: 'Transactions pile up',
    description: '{{ $value | humanize }} transactions wait for a block',
  },
  {
    alert: 'AnchoringFails',
    expr: 'sum by (service) (rate(blockchain_session_anchorings_total{status="failed"}[10m])) / sum by (service) (rate(blockchain_session_anchorings_total{status=~"confirmed|failed"}[10m])) > 0.05',
    after: '5m',
    severity: 'critical',
    summary: 'Anchorings fail',
    description: '{{ $value | humanizePercentage }} of the anchorings of ten minutes have failed',
  },
  {
    alert: 'AnchoringSlow',
    expr: 'histogram_quantile(0.95, sum by (service, le) (rate(anchoring_confirmation_seconds_bucket[10m]))) > 60',
    after: '5m',
    severity: 'warning',
    summary: 'Anchoring takes long',
    description: 'One anchoring in twenty takes longer than {{ $value | humanizeDuration }}',
  },
];
