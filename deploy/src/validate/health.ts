import type { InstanceStatus } from '../engines/engine.ts';
import type { Service } from '../model/types.ts';
import { healthTest } from '../render/compose-format/health-test.ts';
import { containerSystem } from '../render/container-system.ts';
import { type Check, type CheckContext, instancesOf, isRunning, reasonOf } from './check.ts';
import { askFromNeighbour, couldNotRun, hostOf, portOf, whyOf } from './inside.ts';
import { type Finding, perService, unread } from './per-service.ts';

/**
 * Every instance is probed now, in the way the model says: in a container by the very command its engine runs, a
 * process by the same GET. What an engine remembers of its last probe may be half a minute old; this is not.
 */
export const health: Check = {
  name: 'health',
  run: (context) => {
    const tests = new Map(
      containerSystem(context.system).services.map((each) => [each.service.name, healthTest(each)]),
    );
    return perService(context, health.name, (instance) => {
      const service = context.system.services.find(({ name }) => name === instance.service);
      if (!isRunning(instance)) return found(instance, 'failed', `is ${instance.state}`);
      if (!service?.probe) return found(instance, 'unknown', 'nothing says how to ask it');
      return context.containers
        ? probedInside(context, instance, service, tests.get(service.name))
        : probedFromHere(context, instance, service);
    });
  },
};

async function probedInside(
  context: CheckContext,
  instance: InstanceStatus,
  service: Service,
  test: readonly string[] | undefined,
): Promise<Finding> {
  if (!test) return probedByNeighbour(context, instance, service);
  try {
    const captured = await context.capture(instance.id, test.slice(1));
    if (couldNotRun(captured)) return found(instance, 'unknown', whyOf(captured));
    if (captured.exitCode === 0) return found(instance, 'ok', 'the probe passes');
    return found(instance, 'failed', `the probe fails: ${whyOf(captured)}`);
  } catch (error) {
    return unread(instance.id, error);
  }
}

/** Images with one program and no other cannot ask themselves: a container of ours on the same network asks them. */
async function probedByNeighbour(
  context: CheckContext,
  instance: InstanceStatus,
  service: Service,
): Promise<Finding> {
  const check = service.probe?.check;
  if (check?.kind !== 'http' || !instance.address.includes(':'))
    return found(instance, 'unknown', 'no program of its image could ask');
  const neighbours = context.system.services
    .filter(
      ({ kind, image, networks }) => kind === 'service' && image.ours && meet(networks, service.networks),
    )
    .flatMap((neighbour) => instancesOf(context, neighbour));
  try {
    const url = `http://${hostOf(instance)}:${check.port}${check.path}`;
    const { status } = await askFromNeighbour(context, neighbours, url);
    if (status >= 200 && status < 400) return found(instance, 'ok', `${check.path} answers a neighbour`);
    return found(instance, 'failed', `${check.path} answers a neighbour ${status}`);
  } catch (error) {
    return found(instance, 'unknown', `asked by a neighbour: ${reasonOf(error)}`);
  }
}

const meet = (some: readonly string[], others: readonly string[]) =>
  some.some((name) => others.includes(name));

async function probedFromHere(
  context: CheckContext,
  instance: InstanceStatus,
  service: Service,
): Promise<Finding> {
  const check = service.probe?.check;
  if (check?.kind !== 'http') return found(instance, 'unknown', 'a process is asked over HTTP alone');
  const timeoutMs = (service.probe?.timeoutSeconds ?? 10) * 1000;
  let port: number;
  try {
    port = await portOf(context, instance, service, check.port);
  } catch (error) {
    return found(instance, 'unknown', reasonOf(error));
  }
  try {
    const { status, body } = await context.get(`http://${hostOf(instance)}:${port}${check.path}`, timeoutMs);
    if (status === 200) return found(instance, 'ok', 'the probe passes');
    return found(instance, 'failed', `${check.path} answers ${status} ${body.slice(0, 200)}`.trim());
  } catch (error) {
    return found(instance, 'failed', `${check.path} does not answer: ${reasonOf(error)}`);
  }
}

const found = async (
  { id }: InstanceStatus,
  verdict: Finding['verdict'],
  detail: string,
): Promise<Finding> => ({ id, verdict, detail });
