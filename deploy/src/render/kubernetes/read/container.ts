import { REGISTRY } from '../../../model/images.ts';
import type { CanonicalProbe, CanonicalService } from '../../canonical.ts';
import { manifestErrors } from '../errors.ts';
import type { Container, PodSpec, Probe } from '../manifest/pod.ts';
import { unescapeDollars } from '../write/expansion.ts';

/** The name the model gives an image. */
export function imageOf(reference: string): string {
  const ours = reference.startsWith(`${REGISTRY}/`) && reference.endsWith(':latest');
  return ours ? reference.slice(REGISTRY.length + 1, -':latest'.length) : reference;
}

/** What it is started with, be it given to the image's entry point or in its place. */
export function commandOf({ name, command, args }: Container): string[] | undefined {
  if (command && args) throw manifestErrors.notUnderstood(name, 'a command, and arguments for another');
  return (command ?? args)?.map(unescapeDollars);
}

/** The variables of the pod's own that stand for the network to be found on. */
const OF_THE_POD: Readonly<Record<string, string>> = {
  POD_IP: 'status.podIP',
  INSTANCE_ID: 'metadata.name',
};

/** The model's variables, in order of their names. Throws for a value from anywhere but the pod itself. */
export function environmentOf({ name, env = [] }: Container): Record<string, string> {
  const literal: [string, string][] = [];
  for (const variable of env) {
    if (variable.valueFrom) {
      if (OF_THE_POD[variable.name] !== variable.valueFrom.fieldRef.fieldPath)
        throw manifestErrors.notUnderstood(name, `${variable.name} is not of the pod`);
    } else if (!/^\$\(POD_IP\):\d+$/.test(variable.value ?? '')) {
      literal.push([variable.name, unescapeDollars(variable.value ?? '')]);
    }
  }
  return Object.fromEntries(literal.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Three probes back into one: readiness, and the time the start is given. */
export function probeOf({ name, readinessProbe, startupProbe }: Container): CanonicalProbe | undefined {
  if (!readinessProbe && !startupProbe) return undefined;
  if (!readinessProbe || !startupProbe || checkOf(readinessProbe) !== checkOf(startupProbe))
    throw manifestErrors.notUnderstood(name, 'the start is probed by another question than readiness');
  const { periodSeconds, timeoutSeconds, failureThreshold } = readinessProbe;
  const window = startupProbe.periodSeconds * startupProbe.failureThreshold;
  return {
    check: checkOf(readinessProbe),
    intervalSeconds: periodSeconds,
    timeoutSeconds,
    retries: failureThreshold,
    startPeriodSeconds: window - periodSeconds * failureThreshold,
  };
}

function checkOf({ httpGet, tcpSocket, exec }: Probe): string {
  if (httpGet) return `GET :${httpGet.port}${httpGet.path}`;
  if (tcpSocket) return `TCP :${tcpSocket.port}`;
  return `EXEC ${(exec?.command ?? []).join(' ')}`;
}

/** Limits and reservations. Throws for units that are never written here. */
export function resourcesOf({
  name,
  resources,
}: Container): Pick<CanonicalService, 'limits' | 'reservations'> {
  const share = ({ cpu, memory }: { cpu: string; memory: string }) => {
    const [, milli] = /^(\d+)m$/.exec(cpu) ?? [];
    const [, mebi] = /^(\d+)Mi$/.exec(memory) ?? [];
    if (milli === undefined || mebi === undefined)
      throw manifestErrors.notUnderstood(name, `resources ${cpu}, ${memory}`);
    return { cpus: Number(milli) / 1000, memoryMiB: Number(mebi) };
  };
  return { limits: share(resources.limits), reservations: share(resources.requests) };
}

/** `uid:gid`, or undefined where the image decides. */
export function userOf({ runAsUser, runAsGroup }: PodSpec['securityContext']): string | undefined {
  if (runAsUser === undefined) return undefined;
  return runAsGroup === undefined ? String(runAsUser) : `${runAsUser}:${runAsGroup}`;
}
