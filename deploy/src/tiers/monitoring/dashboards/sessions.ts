import type { Dashboard } from './dashboard.ts';
import { lines, perSecond, quantile, query } from './panel.ts';

export const sessions: Dashboard = {
  name: 'sessions',
  title: 'Lucid 03 Session Management',
  panels: [
    lines(
      'Received by recorders',
      'Bps',
      query(perSecond('recorder_bytes_total', ['instance']), '{{instance}}'),
    ),
    lines(
      'Recordings',
      'short',
      query('sum by (instance) (recorder_active_recordings)', 'at {{instance}}'),
      query('sum(recorder_paused_recordings)', 'paused'),
      query('sum(recorder_capacity)', 'taken at most'),
      query('max(pipelines_active)', 'pipelines not at rest'),
    ),
    lines(
      'Chunks',
      'ops',
      query(perSecond('recorder_chunks_sealed_total', []), 'sealed'),
      query(perSecond('chunks_claimed_total', []), 'claimed'),
      query(perSecond('chunks_completed_total', []), 'stored'),
      query(perSecond('chunks_failed_total', ['fault']), 'given back: {{fault}}'),
      query(perSecond('chunks_quarantined_total', []), 'quarantined'),
    ),
    lines(
      'Queues',
      'short',
      query('max(chunk_queue_depth)', 'chunks'),
      query('max(pipeline_queue_depth)', 'pipelines'),
      query('max(sessions_purge_backlog)', 'purges'),
      query('sum(recorder_registrations_pending)', 'registrations'),
    ),
    lines(
      'Stages of a chunk, 95th percentile',
      's',
      query(quantile(0.95, 'chunk_processing_duration_seconds', ['stage']), '{{stage}}'),
    ),
    lines('Processors', 'short', query('sum by (instance) (processor_workers_busy)', 'busy at {{instance}}')),
    lines('Plaintext brought to storage', 'Bps', query(perSecond('processor_plain_bytes_total', []), 'all')),
    lines(
      'Compressed to',
      'percentunit',
      query(
        'sum(rate(chunk_compression_ratio_sum[5m])) / sum(rate(chunk_compression_ratio_count[5m]))',
        'mean',
      ),
    ),
    lines(
      'Disk',
      's',
      query(quantile(0.95, 'recorder_fsync_duration_seconds', []), 'recorder fsync, 95th percentile'),
      query(quantile(0.95, 'storage_put_duration_seconds', []), 'storage put, 95th percentile'),
    ),
    lines(
      'Stored',
      'bytes',
      query('max(storage_used_bytes)', 'chunks'),
      query('max(storage_archived_bytes)', 'of these in the archive'),
      query('max(storage_critical_bytes)', 'refused from here on'),
    ),
    lines(
      'Stages of the pipeline, 95th percentile',
      's',
      query(quantile(0.95, 'pipeline_stage_duration_seconds', ['stage']), '{{stage}}'),
    ),
    lines(
      'What goes wrong',
      'ops',
      query(perSecond('pipeline_errors_total', ['stage']), 'pipeline {{stage}}'),
      query(perSecond('recorder_fenced_total', []), 'recordings fenced'),
      query(perSecond('recorder_disk_faults_total', ['reason']), 'disk: {{reason}}'),
      query(perSecond('processor_claim_failures_total', []), 'queue not reached'),
    ),
    lines(
      'Sessions',
      'ops',
      query(perSecond('sessions_created_total', []), 'created'),
      query(perSecond('sessions_ended_total', ['status']), '{{status}}'),
      query(perSecond('sessions_verified_total', ['outcome']), 'verified: {{outcome}}'),
    ),
  ],
};
