import type { Service } from '../../model/types.ts';

const MOST = 1000;

/**
 * Every address of the name, asked for each second; whoever is not ready, or fails five times in a row, is left out.
 * Numbers are the mesh's: 1000 connections, requests and waiting ones, three retries at a time, a quarter of a second to
 * connect, a health check every ten seconds with one second to answer, three bad and two good in a row.
 */
export function envoyCluster({ name, port, probe }: Service) {
  const path = probe?.check.kind === 'http' ? probe.check.path : '/health/ready';
  return {
    name,
    type: 'STRICT_DNS',
    dns_lookup_family: 'V4_ONLY',
    dns_refresh_rate: '1s',
    respect_dns_ttl: false,
    lb_policy: 'LEAST_REQUEST',
    connect_timeout: '0.25s',
    circuit_breakers: {
      thresholds: [{ max_connections: MOST, max_pending_requests: MOST, max_requests: MOST, max_retries: 3 }],
    },
    health_checks: [
      {
        timeout: '1s',
        interval: '10s',
        no_traffic_interval: '10s',
        unhealthy_threshold: 3,
        healthy_threshold: 2,
        http_health_check: { path, host: name },
      },
    ],
    outlier_detection: {
      consecutive_5xx: 5,
      base_ejection_time: '30s',
      max_ejection_percent: 50,
    },
    load_assignment: {
      cluster_name: name,
      endpoints: [
        {
          lb_endpoints: [{ endpoint: { address: { socket_address: { address: name, port_value: port } } } }],
        },
      ],
    },
  };
}
