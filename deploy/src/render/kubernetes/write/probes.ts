import type { Probe as ModelProbe, ProbeCheck } from '../../../model/probe.ts';
import type { Service } from '../../../model/types.ts';
import type { Container, Probe } from '../manifest/pod.ts';
import { startWindowSeconds } from './plan.ts';

const READY_PATH = '/health/ready';
const LIVE_PATH = '/health/live';

/**
 * One probe of the model becomes three. Ready: as it says. Started: the same question, asked often, for as long as
 * failures do not count and then as many times as they may fail. Alive: whether it should be killed, which is a
 * question of its own: `/health/live` of our services, an open port of other people's software.
 */
export function probesOf(
  service: Service,
): Pick<Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  const { probe } = service;
  if (!probe) return {};
  const usual = {
    periodSeconds: probe.intervalSeconds,
    timeoutSeconds: probe.timeoutSeconds,
    failureThreshold: probe.retries,
  };
  const periodSeconds = startPeriodOf(service, probe);
  return {
    startupProbe: {
      ...handlerOf(probe.check),
      periodSeconds,
      timeoutSeconds: probe.timeoutSeconds,
      failureThreshold: startWindowSeconds(service) / periodSeconds,
    },
    readinessProbe: { ...handlerOf(probe.check), ...usual },
    livenessProbe: { ...handlerOf(livenessOf(service, probe.check)), ...usual },
  };
}

/** Often, so that a pod is used soon after it can be; a command costs a process each time. */
function startPeriodOf(service: Service, probe: ModelProbe): number {
  const window = startWindowSeconds(service);
  const periods = probe.check.kind === 'command' ? [5, 2, 1] : [2, 1];
  return periods.find((seconds) => window % seconds === 0) ?? 1;
}

function livenessOf(service: Service, check: ProbeCheck): ProbeCheck {
  if (check.kind === 'http' && check.path === READY_PATH) return { ...check, path: LIVE_PATH };
  return { kind: 'tcp', port: check.kind === 'command' ? service.port : check.port };
}

function handlerOf(check: ProbeCheck): Pick<Probe, 'httpGet' | 'tcpSocket' | 'exec'> {
  switch (check.kind) {
    case 'http':
      return { httpGet: { path: check.path, port: check.port } };
    case 'tcp':
      return { tcpSocket: { port: check.port } };
    case 'command':
      return { exec: { command: [...check.command] } };
  }
}
