/** Names and places that the parts of monitoring tell each other. */
export const MONITORING = {
  network: 'lucid-network',
  prometheus: { name: 'lucid-prometheus', port: 9090 },
  alertmanager: { name: 'lucid-alertmanager', port: 9093 },
  grafana: { name: 'lucid-grafana', port: 3000 },
  token: 'metrics-token',
  rulesPath: '/etc/prometheus/rules/lucid.yml',
  dashboardsPath: '/etc/grafana/dashboards',
  /** Grafana's name for its source of data; dashboards refer to it. */
  datasource: 'lucid-prometheus',
} as const;
