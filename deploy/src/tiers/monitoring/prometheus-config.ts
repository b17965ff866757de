import { stringify } from 'yaml';
import type { System } from '../../model/types.ts';
import { MONITORING } from './names.ts';
import { type ScrapeJob, scrapeJobs } from './scrape-jobs.ts';

/**
 * `prometheus.yml`: the deployment guide's, with every replica found by DNS instead of one address per service, with
 * exporters instead of the stores' own ports (which speak no HTTP), and without what is not built yet.
 */
export function prometheusConfig(system: System): string {
  const { alertmanager, network, rulesPath } = MONITORING;
  return stringify(
    {
      global: { scrape_interval: '15s', evaluation_interval: '15s' },
      rule_files: [rulesPath],
      alerting: {
        alertmanagers: [{ static_configs: [{ targets: [`${alertmanager.name}:${alertmanager.port}`] }] }],
      },
      scrape_configs: scrapeJobs(system, network).map(scrapeConfig),
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}

function scrapeConfig({ name, path, parameters, ours, targets }: ScrapeJob) {
  const authorization = { type: 'Bearer', credentials_file: `/run/secrets/${MONITORING.token}` };
  return {
    job_name: name,
    scrape_interval: '30s', // the guide's
    metrics_path: path,
    ...(Object.keys(parameters).length > 0 ? { params: parameters } : {}),
    ...(ours ? { honor_labels: true, authorization } : {}),
    dns_sd_configs: targets.map(({ service, port }) => ({
      names: [service],
      type: 'A',
      port,
      refresh_interval: '10s',
    })),
    relabel_configs: [{ source_labels: ['__meta_dns_name'], target_label: 'service' }],
  };
}
