import { images } from '../../../model/images.ts';
import type { System } from '../../../model/types.ts';
import type { Alert } from './alert.ts';

/** Alerts of HAProxy; the other kinds of doors count other things. */
export function edgeAlerts(system: System): readonly Alert[] {
  const edge = system.services.find(({ name }) => name === 'lucid-edge');
  return edge?.image.reference === images.haproxy.reference ? haproxy : [];
}

const haproxy: readonly Alert[] = [
  {
    alert: 'NoGatewayBehindTheEdge',
    expr: 'haproxy_backend_active_servers{proxy="gateways"} == 0',
    after: '30s',
    severity: 'critical',
    summary: 'The edge has nobody to send requests to',
    description: 'No gateway answers the edge at {{ $labels.instance }}; clients get 503',
  },
  {
    alert: 'EdgeNearlyFull',
    expr: 'haproxy_process_current_connections / haproxy_process_max_connections > 0.8',
    after: '2m',
    severity: 'warning',
    summary: 'The edge runs out of connections',
    description: '{{ $labels.instance }} has {{ $value | humanizePercentage }} of its connections in use',
  },
];
