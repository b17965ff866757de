import { stringify } from 'yaml';
import { calledName } from '../../model/edges.ts';
import type { Service, System } from '../../model/types.ts';
import type { Alert } from './alerts/alert.ts';
import { chainAlerts } from './alerts/chain.ts';
import { edgeAlerts } from './alerts/edge.ts';
import { gatewayAlerts } from './alerts/gateway.ts';
import { meshAlerts } from './alerts/mesh.ts';
import { scalingAlerts } from './alerts/scaling.ts';
import { sessionAlerts } from './alerts/sessions.ts';
import { storeAlerts } from './alerts/stores.ts';
import { MONITORING } from './names.ts';
import { watchedServices } from './scrape-jobs.ts';

const MIB = 1024 * 1024;

/** The rules as groups: what the model knows of each service, then the alerts of whatever is in the system. */
export function ruleGroups(system: System) {
  const watched = watchedServices(system, MONITORING.network);
  const has = (part: string) => watched.some((service) => calledName(service).includes(part));
  const validators = watched.filter((service) => calledName(service) === 'lucid-blockchain-engine').length;
  const groups: readonly (readonly [string, boolean, readonly Alert[]])[] = [
    ['lucid-scaling', true, scalingAlerts],
    ['lucid-gateway', has('api-gateway'), gatewayAlerts],
    ['lucid-blockchain', validators > 0, chainAlerts(validators)],
    ['lucid-session', has('session-recorder'), sessionAlerts],
    ['lucid-edge', has('lucid-edge'), edgeAlerts(system)],
    ['lucid-stores', true, storeAlerts(has)],
    ['lucid-mesh', true, meshAlerts(has)],
  ];
  return [
    { name: 'lucid-model', rules: watched.filter(isFirstOfItsName).flatMap(limitsOf) },
    ...groups
      .filter(([, wanted, alerts]) => wanted && alerts.length > 0)
      .map(([name, , alerts]) => ({ name, rules: alerts.map(alertRule) })),
  ];
}

/** The rules as Prometheus reads them. */
export function rulesFile(system: System): string {
  return stringify({ groups: ruleGroups(system) }, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Those that share a name are alike, and one series to whoever compares with it. */
function isFirstOfItsName(service: Service, at: number, all: readonly Service[]): boolean {
  return at === all.findIndex((each) => calledName(each) === calledName(service));
}

/** What every instance of a service may take, as series: alerts compare with these, and see who is missing. */
function limitsOf(service: Service) {
  const { cpus, memoryMiB } = service.resources.limits;
  const labels = { service: calledName(service) };
  return [
    { record: 'lucid:service_cpu_limit_cores', expr: `vector(${cpus})`, labels },
    { record: 'lucid:service_memory_limit_bytes', expr: `vector(${memoryMiB * MIB})`, labels },
  ];
}

function alertRule({ alert, expr, after, severity, summary, description }: Alert) {
  return { alert, expr, for: after, labels: { severity }, annotations: { summary, description } };
}
