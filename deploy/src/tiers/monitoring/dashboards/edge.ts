import type { Dashboard } from './dashboard.ts';
import { lines, numbers, perSecond, query } from './panel.ts';

/** HAProxy as it sees the world. */
export const edge: Dashboard = {
  name: 'edge',
  title: 'Lucid Edge',
  panels: [
    numbers(
      'Gateways that answer',
      'none',
      query('min by (instance) (haproxy_backend_active_servers{proxy="gateways"})', '{{instance}}'),
    ),
    lines(
      'Answers',
      'reqps',
      query(perSecond('haproxy_frontend_http_responses_total', ['code'], '{proxy="door"}'), '{{code}}'),
    ),
    lines(
      'Connections',
      'short',
      query('sum by (instance) (haproxy_process_current_connections)', '{{instance}}'),
    ),
    lines(
      'Bytes',
      'Bps',
      query(perSecond('haproxy_frontend_bytes_in_total', [], '{proxy="door"}'), 'in'),
      query(perSecond('haproxy_frontend_bytes_out_total', [], '{proxy="door"}'), 'out'),
    ),
    lines(
      'Sent again to another gateway',
      'ops',
      query(perSecond('haproxy_backend_redispatch_warnings_total', ['proxy']), '{{proxy}}'),
      query(perSecond('haproxy_backend_retry_warnings_total', ['proxy']), '{{proxy}} retries'),
    ),
    lines(
      'Sessions at each gateway',
      'short',
      query('sum by (server) (haproxy_server_current_sessions{proxy="gateways"})', '{{server}}'),
    ),
  ],
};
