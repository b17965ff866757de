import { counter, defineMetrics, gauge, histogram } from '@lucid/metrics';

export const metrics = defineMetrics({
  sessions_created_total: counter({ help: 'Sessions created.' }),
  sessions_ended_total: counter({ help: 'Sessions that came to an end.', labels: ['status'] }),
  sessions_active: gauge({ help: 'Sessions of all users that are starting, recording or paused.' }),
  session_duration_seconds: histogram({
    help: 'From the first byte that could come in to the end of the recording.',
    buckets: [10, 60, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400],
  }),
  sessions_stopped_total: counter({
    help: 'Recordings that were stopped for a limit: max_duration, idle.',
    labels: ['reason'],
  }),
  sessions_verified_total: counter({ help: 'Verifications.', labels: ['outcome'] }),
  sessions_purge_backlog: gauge({ help: 'Sessions whose key and files are still to be removed.' }),
  sessions_expired_total: counter({ help: 'Sessions that were removed because their retention was over.' }),
  sessions_archived_total: counter({ help: 'Sessions that were moved to the archive by the sweep.' }),
  session_sweep_failures_total: counter({
    help: 'Sessions that a sweep could not deal with and will try again.',
    labels: ['sweep'],
  }),
  session_limits_hit_total: counter({
    help: 'Requests refused because the limit of their group was used up.',
    labels: ['group'],
  }),
  session_feeds_open: gauge({ help: 'Live feeds that are open.' }),
  session_feeds_closed_total: counter({ help: 'Live feeds that ended.', labels: ['code'] }),
  session_audit_rows_total: counter({ help: 'Rows written to the audit log.', labels: ['event'] }),
});
