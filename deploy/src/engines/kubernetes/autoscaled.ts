/** Services whose number of replicas belongs to an autoscaler of the cluster: nobody else sets it, or waits for one. */
import { deployErrors } from '../../errors.ts';
import type { Service, System } from '../../model/types.ts';
import { isAutoscaled, planOf } from '../../render/kubernetes/write/plan.ts';
import type { Kubectl } from './kubectl.ts';

interface Workload {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly replicas?: number };
}

/** The system as it is at its smallest: what must be there before an up is over. */
export function atLeast(system: System, profile: string): System {
  return withReplicas(system, profile, ({ scale }) => scale.min);
}

/** The system with the numbers that the autoscalers ask for at this moment. */
export async function asAutoscaled(kubectl: Kubectl, system: System, profile: string): Promise<System> {
  const plan = planOf(system, profile);
  if (!system.services.some((service) => isAutoscaled(plan, service))) return system;
  const ours = ['--namespace', system.name, '--selector', 'app.kubernetes.io/part-of=lucid'];
  const text = await kubectl.run(['get', 'deployments,statefulsets', ...ours, '--output=json']);
  const { items } = JSON.parse(text) as { readonly items: readonly Workload[] };
  const asked = new Map(items.map(({ metadata, spec }) => [metadata.name, spec.replicas]));
  return withReplicas(system, profile, ({ name, scale }) => asked.get(name) ?? scale.min);
}

/** @throws `autoscaled` when its number cannot be set */
export function requireFixed(system: System, profile: string, service: Service): void {
  if (!isAutoscaled(planOf(system, profile), service)) return;
  const { name, scale } = service;
  throw deployErrors.autoscaled(system.name, name, scale.min, scale.max);
}

function withReplicas(system: System, profile: string, count: (service: Service) => number): System {
  const plan = planOf(system, profile);
  const services = system.services.map((service) =>
    isAutoscaled(plan, service) ? { ...service, replicas: count(service) } : service,
  );
  return { ...system, services };
}
