import type { Service } from '../../model/types.ts';

/**
 * Consul as a list of what there is and how it does: each service by its DNS name, asked every 30 s, with the tags that
 * planes and clusters are told apart by. Replicas are found by DNS; this asks one of them at a time.
 */
export function consulConfig(services: readonly Service[]): string {
  const config = {
    datacenter: 'lucid-dc',
    disable_update_check: true,
    telemetry: { prometheus_retention_time: '5m', disable_hostname: true },
    services: services.map(({ name, port, cluster, plane }) => ({
      id: name,
      name,
      address: name,
      port,
      tags: [`cluster:${cluster}`, `plane:${plane}`],
      check: {
        name: 'health',
        http: `http://${name}:${port}/health`,
        interval: '30s',
        timeout: '10s',
      },
    })),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
