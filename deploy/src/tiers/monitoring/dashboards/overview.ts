import type { Dashboard } from './dashboard.ts';
import { lines, numbers, perSecond, quantile, query } from './panel.ts';

/** The deployment guide's four panels, summed so that many replicas stay readable, and what each service takes. */
export const overview: Dashboard = {
  name: 'overview',
  title: 'Lucid System Overview',
  panels: [
    numbers('Service Health', 'none', query('sum by (service) (up{job=~"lucid-.*"})', '{{service}}')),
    lines('Request Rate', 'reqps', query(perSecond('http_requests_total'), '{{service}}')),
    lines(
      'Response Time',
      's',
      query(quantile(0.95, 'http_request_duration_seconds'), '{{service}} 95th percentile'),
    ),
    lines(
      'Error Rate',
      'reqps',
      query(perSecond('http_requests_total', ['service'], '{status=~"5.."}'), '{{service}} 5xx errors'),
    ),
    lines(
      'Processor, of what is allowed',
      'percentunit',
      query(
        'max by (service) (rate(process_cpu_seconds_total[5m]) / on (service) group_left () lucid:service_cpu_limit_cores)',
        '{{service}}',
      ),
    ),
    lines(
      'Memory, of what is allowed',
      'percentunit',
      query(
        'max by (service) (process_resident_memory_bytes / on (service) group_left () lucid:service_memory_limit_bytes)',
        '{{service}}',
      ),
    ),
    lines('Requests in flight', 'short', query('sum by (service) (http_active_connections)', '{{service}}')),
    numbers(
      'Dependencies that are reached by nobody',
      'none',
      query('max by (service, dependency) (dependency_up) == 0', '{{service}} → {{dependency}}'),
    ),
  ],
};
