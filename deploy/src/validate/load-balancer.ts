import { calledName } from '../model/edges.ts';
import type { Service } from '../model/types.ts';
import { type Check, type CheckContext, instancesOf, isRunning, type Result } from './check.ts';
import { askAny, portOf } from './inside.ts';

const PATH = '/api/v1/load-balancer/status';

interface Upstream {
  readonly service: string;
  readonly instances: number;
  readonly healthy: boolean;
  readonly circuit: string;
}

/** Whether a gateway sees as many addresses of each service behind it as there are to be, and none is cut off. */
export const loadBalancer: Check = {
  name: 'load balancer',
  run: async (context) => {
    const gateway = context.system.services.find(isGateway);
    if (!gateway) return [];
    const instances = instancesOf(context, gateway);
    const [first] = instances;
    if (!first) return [result(gateway.name, 'unknown', 'no gateway to ask')];
    const port = await portOf(context, first, gateway, gateway.port);
    const { instance, answer } = await askAny(context, instances, port, PATH);
    if (answer.status !== 200) return [result(instance.id, 'unknown', `${PATH} answers ${answer.status}`)];
    const { upstreams } = JSON.parse(answer.body) as { readonly upstreams: readonly Upstream[] };
    return upstreams.map((upstream) => compared(context, upstream, instance.id));
  },
};

const isGateway = ({ cluster, kind, calls }: Service) =>
  cluster === 'gateway' && kind === 'service' && calls.length > 0;

/** A gateway keeps the last addresses of a name that has vanished: what it sees is held against what runs, too. */
function compared(
  context: CheckContext,
  { service: name, instances, healthy, circuit }: Upstream,
  gateway: string,
): Result {
  const called = context.system.services.filter((each) => calledName(each) === name);
  if (called.length === 0) return result(name, 'unknown', `${gateway} speaks of it, the model does not`);
  const wanted = called.reduce((sum, { replicas }) => sum + replicas, 0);
  const running = called.flatMap((each) => instancesOf(context, each)).filter(isRunning).length;
  const seen = `${gateway} sees ${instances} of ${wanted}`;
  if (!healthy) return result(name, 'failed', `${seen}, circuit ${circuit}`);
  if (instances > running) return result(name, 'failed', `${seen}, but ${running} run`);
  return result(name, instances === wanted ? 'ok' : 'failed', seen);
}

const result = (subject: string, verdict: Result['verdict'], detail: string): Result => ({
  check: loadBalancer.name,
  subject,
  verdict,
  detail,
});
