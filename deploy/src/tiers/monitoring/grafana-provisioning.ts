import { stringify } from 'yaml';
import { MONITORING } from './names.ts';

/** Grafana's source of data: our Prometheus, and no other. */
export function datasourceFile(): string {
  const { prometheus, datasource } = MONITORING;
  return stringify({
    apiVersion: 1,
    datasources: [
      {
        name: 'Prometheus',
        uid: datasource,
        type: 'prometheus',
        access: 'proxy',
        url: `http://${prometheus.name}:${prometheus.port}`,
        isDefault: true,
        editable: false,
        jsonData: { timeInterval: '30s' }, // how often is scraped
      },
    ],
  });
}

/** Where Grafana finds the dashboards. They are made from the model: changes made by hand would be lost. */
export function dashboardProviderFile(): string {
  return stringify({
    apiVersion: 1,
    providers: [
      {
        name: 'lucid',
        folder: 'Lucid',
        type: 'file',
        disableDeletion: true,
        allowUiUpdates: false,
        options: { path: MONITORING.dashboardsPath },
      },
    ],
  });
}
