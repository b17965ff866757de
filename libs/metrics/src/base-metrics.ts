import { counter, DURATION_BUCKETS, defineMetrics, gauge, histogram } from './define-metrics.ts';

/** What every service reports. Names are the seeds'; `route` is the template, never the raw path. */
export const baseMetrics = defineMetrics({
  http_requests_total: counter({
    help: 'Requests answered.',
    labels: ['service', 'method', 'route', 'status'],
  }),
  http_request_duration_seconds: histogram({
    help: 'Time from request to answer.',
    labels: ['service', 'method', 'route'],
    buckets: DURATION_BUCKETS,
  }),
  http_active_connections: gauge({ help: 'Requests in flight.' }),
  service_state: gauge({ help: '1 for the state the service is in.', labels: ['state'] }),
  dependency_up: gauge({ help: '1 while the dependency answers its health check.', labels: ['dependency'] }),
});
