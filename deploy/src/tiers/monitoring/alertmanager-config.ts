import { stringify } from 'yaml';

export interface AlertReceivers {
  /** Where alerts are posted as JSON. Without it they are shown on Alertmanager's page and go nowhere. */
  readonly webhookUrl?: string;
}

/** Critical alerts at once and every hour, warnings gathered and every twelve; what is critical silences its warning. */
export function alertmanagerConfig({ webhookUrl }: AlertReceivers = {}): string {
  const sent = webhookUrl ? { webhook_configs: [{ url: webhookUrl, send_resolved: true }] } : {};
  return stringify(
    {
      route: {
        receiver: 'nobody',
        group_by: ['alertname', 'service'],
        group_wait: '30s',
        group_interval: '5m',
        repeat_interval: '12h',
        routes: [
          {
            matchers: ['severity="critical"'],
            receiver: 'critical',
            group_wait: '10s',
            repeat_interval: '1h',
          },
          { matchers: ['severity="warning"'], receiver: 'warning' },
        ],
      },
      inhibit_rules: [
        {
          source_matchers: ['severity="critical"'],
          target_matchers: ['severity="warning"'],
          equal: ['alertname', 'service'],
        },
        {
          source_matchers: ['alertname="ServiceGone"'],
          target_matchers: ['alertname!="ServiceGone"'],
          equal: ['service'],
        },
      ],
      receivers: [{ name: 'nobody' }, { name: 'critical', ...sent }, { name: 'warning', ...sent }],
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}
