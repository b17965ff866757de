import { faultsBorne } from '../../../model/council.ts';
import type { Alert } from './alert.ts';

/** @param validators each has a writer of its own, and counts the ticks it has seen skipped */
export const chainAlerts = (validators: number): readonly Alert[] => [
  {
    alert: 'NoBlockWriter',
    expr: `sum by (service) (blockchain_writer) < ${validators - faultsBorne(validators)}`,
    after: '1m',
    severity: 'critical',
    summary: 'Nobody makes blocks',
    description: 'No instance of {{ $labels.service }} holds the writer lease',
  },
  {
    alert: 'TwoBlockWriters',
    expr: `sum by (service) (blockchain_writer) > ${validators}`,
    after: '1m',
    severity: 'critical',
    summary: 'More than one instance believes to be the writer',
    description: 'The lease must have one holder; the losing one should have noticed within seconds',
  },
  {
    alert: 'BlocksSkipped',
    expr: `${validators === 1 ? 'sum' : 'max'} by (service) (increase(ticks_skipped_total[5m])) >= 3`,
    after: '1m',
    severity: 'warning',
    summary: 'Blocks fail to be made',
    description: '{{ $value | humanize }} ticks in five minutes made no block that should have made one',
  },
  {
    alert: 'BlockGap',
    expr: 'min by (service) (blockchain_block_gap_seconds) > 20',
    after: '0m',
    severity: 'warning',
    summary: 'No block for more than 20 s',
    description: 'The newest block is {{ $value | humanizeDuration }} old on every instance',
  },
  {
    alert: 'ConsensusFails',
    expr: 'min by (service) (blockchain_ticks_without_block) >= 3',
    after: '0m',
    severity: 'critical',
    summary: 'Three rounds in a row have brought no block',
    description: '{{ $value | humanize }} ticks in a row: look at the validators’ clocks, peers and stores',
  },
  {
    alert: 'ValidatorsOutOfReach',
    expr: 'max by (service) (blockchain_peers_connected) < clamp_max(max by (service) (blockchain_peers_expected), 3)',
    after: '1m',
    severity: 'warning',
    summary: 'A validator hears of too few others',
    description:
      'Only {{ $value | humanize }} other validators answer; more than two thirds of all have to vote',
  },
  {
    alert: 'ValidatorsContradictThemselves',
    expr: 'sum by (service) (increase(consensus_evidence_total[1h])) > 0',
    after: '0m',
    severity: 'critical',
    summary: 'A validator has said two different things',
    description: 'The evidence is kept: GET /api/v1/consensus/history of {{ $labels.service }}',
  },
  {
    alert: 'ChainDamaged',
    expr: 'max by (service) (quarantined_blocks) > 0',
    after: '0m',
    severity: 'critical',
    summary: 'Kept blocks do not hold',
    description:
      '{{ $value | humanize }} blocks; which and why: GET /api/v1/integrity of {{ $labels.service }}',
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
  {
    alert: 'CheckpointsSlow',
    expr: 'histogram_quantile(0.95, sum by (service, le) (rate(checkpoint_confirmation_seconds_bucket[10m]))) > 60',
    after: '5m',
    severity: 'warning',
    summary: 'Checkpoints of running recordings take long',
    description: 'One checkpoint in twenty is in a block only after {{ $value | humanizeDuration }}',
  },
  {
    alert: 'AnchorsDoNotVerify',
    expr: 'sum by (service) (rate(anchoring_verifications_total{result="refused"}[15m])) / sum by (service) (rate(anchoring_verifications_total[15m])) > 0.01',
    after: '5m',
    severity: 'warning',
    summary: 'Anchors do not verify',
    description:
      '{{ $value | humanizePercentage }} of what was verified in a quarter of an hour does not hold: somebody tampers, or asks for what was never anchored',
  },
];
