import type { Alert } from './alert.ts';

export const gatewayAlerts: readonly Alert[] = [
  {
    alert: 'GatewayErrors',
    expr: 'sum by (service) (rate(http_requests_total{service="lucid-api-gateway", status=~"5.."}[5m])) > 0.1',
    after: '2m',
    severity: 'critical',
    summary: 'The gateway answers with server errors',
    description:
      '{{ $value | humanize }} answers per second are 5xx; see which route in the gateway dashboard',
  },
  {
    alert: 'GatewaySlow',
    // Uploads and verifications take as long as they are large: routes that stream are not in it.
    expr: 'histogram_quantile(0.95, sum by (service, le) (rate(http_request_duration_seconds_bucket{service="lucid-api-gateway", route!~".*(stream|chunks|proof|verify).*"}[5m]))) > 2',
    after: '5m',
    severity: 'warning',
    summary: 'The gateway is slow',
    description: 'One request in twenty takes longer than {{ $value | humanizeDuration }}',
  },
  {
    alert: 'RateLimitsHit',
    expr: 'sum by (service) (rate(lucid_rate_limit_hits_total[1m])) > 100',
    after: '1m',
    severity: 'warning',
    summary: 'Many requests are refused by limits',
    description: '{{ $value | humanize }} refusals per second: a flood, or limits that are too tight',
  },
  {
    alert: 'SignInsLocked',
    expr: 'sum by (service) (increase(lucid_auth_lockouts_total[10m])) > 10',
    after: '1m',
    severity: 'warning',
    summary: 'Accounts are being locked',
    description: '{{ $value | humanize }} addresses were locked in ten minutes: somebody tries passwords',
  },
  {
    alert: 'RefreshTokensReused',
    expr: 'sum by (service) (increase(lucid_auth_refresh_total{result="reused"}[10m])) > 5',
    after: '1m',
    severity: 'warning',
    summary: 'Refresh tokens are presented twice',
    description: '{{ $value | humanize }} in ten minutes: tokens may have been stolen',
  },
];
