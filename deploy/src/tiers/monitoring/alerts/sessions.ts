import type { Alert } from './alert.ts';

/** The goal of the whole system: 1000 chunks a minute. */
const GOAL_CHUNKS_PER_SECOND = 16.67;

/** Every instance tells the whole store. */
const STORAGE_SHARE = 'max by (service) (storage_used_bytes) / max by (service) (storage_capacity_bytes)';

export const sessionAlerts: readonly Alert[] = [
  {
    alert: 'SessionApiSlow',
    expr: 'histogram_quantile(0.95, sum by (service, le) (rate(http_request_duration_seconds_bucket{service="lucid-session-api", route!~".*(chunks|proof|verify|download|events|archive|restore).*"}[5m]))) > 0.2',
    after: '5m',
    severity: 'warning',
    summary: 'The session API is slow',
    description: 'One request in twenty takes longer than {{ $value | humanizeDuration }}',
  },
  {
    alert: 'SessionsNearLimit',
    expr: 'max by (service) (sessions_active) > 90',
    after: '5m',
    severity: 'warning',
    summary: 'Nearly as many sessions record as may',
    description:
      '{{ $value | humanize }} sessions run; by default 100 may (MAX_CONCURRENT_SESSIONS of the session API)',
  },
  {
    alert: 'SessionsFail',
    expr: 'sum by (service) (rate(sessions_ended_total{status="failed"}[30m])) / sum by (service) (rate(sessions_ended_total[30m])) > 0.05',
    after: '5m',
    severity: 'critical',
    summary: 'Sessions fail',
    description:
      '{{ $value | humanizePercentage }} of the sessions that ended within half an hour have failed',
  },
  {
    alert: 'DeletedSessionsPileUp',
    expr: 'max by (service) (sessions_purge_backlog) > 0',
    after: '1h',
    severity: 'critical',
    summary: 'Deleted or expired recordings are still there',
    description:
      'Key and files of {{ $value | humanize }} sessions could not be removed for an hour: the pipeline or a service behind it refuses',
  },
  {
    alert: 'SessionSweepFails',
    expr: 'sum by (service, sweep) (increase(session_sweep_failures_total[1h])) > 10',
    after: '5m',
    severity: 'warning',
    summary: 'Limits, archive or retention are not carried out',
    description:
      'The sweep {{ $labels.sweep }} has failed {{ $value | humanize }} times within an hour and goes on trying',
  },
  {
    alert: 'ChunksPileUp',
    expr: `max(chunk_queue_depth) > 100 and sum(rate(chunks_completed_total[5m])) < ${GOAL_CHUNKS_PER_SECOND}`,
    after: '5m',
    severity: 'warning',
    summary: 'Chunks wait for processors',
    description:
      '{{ $value | humanize }} chunks wait and fewer than 1000 a minute are done: scale the chunk processor',
  },
  {
    alert: 'ChunksQuarantined',
    expr: 'sum by (service) (increase(chunks_quarantined_total[15m])) > 0',
    after: '0m',
    severity: 'critical',
    summary: 'A chunk cannot be processed',
    description: 'It was put aside with its reason; its session cannot be completed without it',
  },
  {
    alert: 'RecorderDiskFaults',
    // A series with labels is born with its first fault, which no increase shows.
    expr: 'sum by (service, instance, reason) (increase(recorder_disk_faults_total[15m]) > 0 or (recorder_disk_faults_total unless recorder_disk_faults_total offset 15m)) > 0',
    after: '0m',
    severity: 'critical',
    summary: 'A recorder cannot write',
    description: 'Recordings at {{ $labels.instance }} failed because of the disk: {{ $labels.reason }}',
  },
  {
    alert: 'PipelineErrors',
    expr: 'sum by (service) (rate(pipeline_errors_total[5m])) / sum by (service) (rate(pipeline_stage_duration_seconds_count[5m])) > 0.01',
    after: '5m',
    severity: 'warning',
    summary: 'Steps of the pipeline fail',
    description: '{{ $value | humanizePercentage }} of the steps failed; they are taken again',
  },
  {
    alert: 'PipelineErrors',
    expr: 'sum by (service) (rate(pipeline_errors_total[5m])) / sum by (service) (rate(pipeline_stage_duration_seconds_count[5m])) > 0.05',
    after: '5m',
    severity: 'critical',
    summary: 'Many steps of the pipeline fail',
    description: '{{ $value | humanizePercentage }} of the steps failed',
  },
  {
    alert: 'LiveAnchoringBehind',
    expr: 'max by (service) (live_anchor_age_seconds) > 300',
    after: '2m',
    severity: 'warning',
    summary: 'The chain does not hear of running recordings',
    description:
      'For {{ $value | humanizeDuration }} no checkpoint of a recording could be written: a cut tail would leave no trace. Recording itself goes on',
  },
  {
    alert: 'LiveAnchoringBehind',
    expr: 'max by (service) (live_anchor_age_seconds) > 1800',
    after: '2m',
    severity: 'critical',
    summary: 'The chain has not heard of a running recording for half an hour',
    description:
      'The last checkpoint is {{ $value | humanizeDuration }} old: look at anchoring and the engine',
  },
  {
    alert: 'StorageFills',
    expr: `${STORAGE_SHARE} > 0.9`,
    after: '5m',
    severity: 'warning',
    summary: 'Storage is 90 % full',
    description: '{{ $value | humanizePercentage }} of the capacity is used; from 95 % on chunks are refused',
  },
  {
    alert: 'StorageFills',
    expr: `${STORAGE_SHARE} > 0.95 or max by (service) (storage_used_bytes) > max by (service) (storage_critical_bytes) - 10485760`,
    after: '1m',
    severity: 'critical',
    summary: 'Storage takes no more chunks',
    description: 'Chunks are refused with 507 and wait on the disks of the recorders',
  },
  {
    alert: 'StorageNotSwept',
    expr: 'time() - max by (service) (storage_last_sweep_timestamp_seconds > 0) > 43200',
    after: '15m',
    severity: 'warning',
    summary: 'Storage is not swept',
    description: 'For {{ $value | humanizeDuration }} nothing was archived and no leftover removed',
  },
  {
    alert: 'RecordersFull',
    expr: 'sum by (service) (recorder_active_recordings + recorder_paused_recordings) / sum by (service) (recorder_capacity) >= 1',
    after: '2m',
    severity: 'warning',
    summary: 'The recorders take no more recordings',
    description: 'New recordings wait until one ends: scale the session recorder',
  },
  {
    alert: 'CaptureRestarts',
    expr: 'sum by (service, instance) (increase(recorder_capture_restarts_total[15m])) > 5',
    after: '0m',
    severity: 'warning',
    summary: 'A capture ends again and again',
    description: 'At {{ $labels.instance }} ffmpeg was started {{ $value | humanize }} times in 15 minutes',
  },
  {
    alert: 'KeyUseNotWritten',
    expr: 'sum by (service) (increase(key_audit_failures_total[5m])) > 0',
    after: '0m',
    severity: 'critical',
    summary: 'No chunk can be opened',
    description:
      '{{ $value | humanize }} uses of session keys could not be written down in 5 minutes, and were refused',
  },
];
