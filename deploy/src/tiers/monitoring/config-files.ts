import type { ConfigFile } from '../../model/config-file.ts';
import type { System } from '../../model/types.ts';
import { type AlertReceivers, alertmanagerConfig } from './alertmanager-config.ts';
import { dashboardsOf } from './dashboards/all.ts';
import { dashboardJson } from './dashboards/dashboard.ts';
import { dashboardProviderFile, datasourceFile } from './grafana-provisioning.ts';
import { MONITORING } from './names.ts';
import { prometheusConfig } from './prometheus-config.ts';
import { rulesFile } from './rules.ts';

/** Every file of the three, by service. */
export function monitoringFiles(
  system: System,
  receivers: AlertReceivers,
): ReadonlyMap<string, ConfigFile[]> {
  const { prometheus, alertmanager, grafana, rulesPath, dashboardsPath } = MONITORING;
  return new Map([
    [
      prometheus.name,
      [
        file('prometheus.yml', '/etc/prometheus/prometheus.yml', prometheusConfig(system)),
        file('prometheus-rules.yml', rulesPath, rulesFile(system)),
      ],
    ],
    [
      alertmanager.name,
      [file('alertmanager.yml', '/etc/alertmanager/alertmanager.yml', alertmanagerConfig(receivers))],
    ],
    [
      grafana.name,
      [
        file('grafana-datasource.yml', '/etc/grafana/provisioning/datasources/lucid.yml', datasourceFile()),
        file(
          'grafana-dashboards.yml',
          '/etc/grafana/provisioning/dashboards/lucid.yml',
          dashboardProviderFile(),
        ),
        ...dashboardsOf(system).map((dashboard) =>
          file(
            `dashboard-${dashboard.name}.json`,
            `${dashboardsPath}/${dashboard.name}.json`,
            dashboardJson(dashboard),
          ),
        ),
      ],
    ],
  ]);
}

function file(name: string, mountPath: string, content: string): ConfigFile {
  return { name, mountPath, content };
}
