import { counter, defineMetrics, gauge } from '@lucid/metrics';

export const metrics = defineMetrics({
  sessions_created_total: counter({ help: 'Sessions created.' }),
  sessions_ended_total: counter({ help: 'Sessions that came to an end.', labels: ['status'] }),
  sessions_verified_total: counter({ help: 'Verifications.', labels: ['outcome'] }),
  sessions_purge_backlog: gauge({ help: 'Deleted sessions whose key and files are still to be removed.' }),
});
