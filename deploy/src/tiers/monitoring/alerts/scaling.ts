import type { Alert } from './alert.ts';

/**
 * The scaling guide's three, made to fire: its first two ask for a container monitor that is not there and forget that a
 * processor is shared, its third compares a pattern as if it were a text. `ServiceGone` is the fourth: discovery by DNS
 * forgets whoever is dead, so a service without any instance would be missed by `up == 0`.
 */
export const scalingAlerts: readonly Alert[] = [
  {
    alert: 'HighCPUUsage',
    expr: 'sum by (service, instance) (rate(process_cpu_seconds_total[5m])) / on (service) group_left () lucid:service_cpu_limit_cores > 0.8',
    after: '2m',
    severity: 'warning',
    summary: 'High CPU usage detected',
    description:
      '{{ $labels.service }} at {{ $labels.instance }} uses {{ $value | humanizePercentage }} of the processor time it may have',
  },
  {
    alert: 'HighMemoryUsage',
    expr: 'sum by (service, instance) (process_resident_memory_bytes) / on (service) group_left () lucid:service_memory_limit_bytes > 0.8',
    after: '2m',
    severity: 'warning',
    summary: 'High memory usage detected',
    description:
      '{{ $labels.service }} at {{ $labels.instance }} holds {{ $value | humanizePercentage }} of its limit; at 100 % it is killed',
  },
  {
    alert: 'ServiceDown',
    expr: 'up{job=~"lucid-.*"} == 0',
    after: '1m',
    severity: 'critical',
    summary: 'Service is down',
    description: '{{ $labels.service }} at {{ $labels.instance }} has not answered for more than 1 minute',
  },
  {
    alert: 'ServiceGone',
    expr: 'lucid:service_memory_limit_bytes unless on (service) (up{job=~"lucid-.*"} == 1)',
    after: '1m',
    severity: 'critical',
    summary: 'No instance of a service is left',
    description: 'Nobody answers by the name of {{ $labels.service }}',
  },
  {
    alert: 'DependencyDown',
    expr: 'max by (service, dependency) (dependency_up) == 0',
    after: '2m',
    severity: 'critical',
    summary: 'No instance reaches a dependency',
    description:
      '{{ $labels.service }} has not reached {{ $labels.dependency }} for 2 minutes from any instance',
  },
];
