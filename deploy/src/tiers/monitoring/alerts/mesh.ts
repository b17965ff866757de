import type { Alert } from './alert.ts';

/** Alerts of the mesh's parts, as far as they are there. */
export function meshAlerts(has: (part: string) => boolean): readonly Alert[] {
  return [...(has('lucid-consul') ? consul : []), ...(has('lucid-envoy') ? envoy : [])];
}

const consul: readonly Alert[] = [
  {
    alert: 'ConsulDown',
    expr: 'up{job="lucid-consul"} == 0',
    after: '2m',
    severity: 'critical',
    summary: 'Consul does not answer',
    description: 'Services that look each other up in Consul go on with what they know',
  },
];

const envoy: readonly Alert[] = [
  {
    alert: 'EnvoyHasNoHealthyHosts',
    expr: 'envoy_cluster_membership_total > 0 and envoy_cluster_membership_healthy == 0',
    after: '2m',
    severity: 'warning',
    summary: 'Envoy finds nobody healthy in a cluster',
    description: 'Nobody of {{ $labels.envoy_cluster_name }} passes Envoy’s health check',
  },
];
