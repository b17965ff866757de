import type { Dashboard } from './dashboard.ts';
import { lines, perSecond, quantile, query } from './panel.ts';

const OF_GATEWAY = '{service="lucid-api-gateway"}';

export const gateway: Dashboard = {
  name: 'gateway',
  title: 'Lucid 01 API Gateway and 09 Authentication',
  panels: [
    lines(
      'Requests by status',
      'reqps',
      query(perSecond('http_requests_total', ['status'], OF_GATEWAY), '{{status}}'),
    ),
    lines(
      'Slowest routes, 95th percentile',
      's',
      query(
        `topk(10, histogram_quantile(0.95, sum by (route, le) (rate(http_request_duration_seconds_bucket${OF_GATEWAY}[5m]))))`,
        '{{route}}',
      ),
    ),
    lines(
      'Refused by limits',
      'reqps',
      query(perSecond('lucid_rate_limit_hits_total', ['tier']), '{{tier}}'),
    ),
    lines(
      'Whose recording is it?',
      'ops',
      query(perSecond('lucid_gateway_owner_lookups_total', ['result']), '{{result}}'),
    ),
    lines(
      'Registrations and sign-ins',
      'ops',
      query(perSecond('lucid_auth_attempts_total', ['method', 'result']), '{{method}} {{result}}'),
    ),
    lines(
      'Refresh tokens',
      'ops',
      query(perSecond('lucid_auth_refresh_total', ['result']), '{{result}}'),
      query(perSecond('lucid_auth_lockouts_total', []), 'lockouts'),
    ),
    lines(
      'Time to hash a password',
      's',
      query(quantile(0.5, 'lucid_auth_password_hash_seconds', []), 'median'),
      query(quantile(0.95, 'lucid_auth_password_hash_seconds', []), '95th percentile'),
    ),
  ],
};
