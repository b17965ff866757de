/** Turns a service of the model into the exact command, address and environment of one instance. */
import { fileURLToPath } from 'node:url';
import { deployErrors } from '../../errors.ts';
import type { Service, System } from '../../model/types.ts';
import { type AddressPlan, type InstanceAddress, instanceAddress } from './address-plan.ts';
import type { Artifact } from './artifacts.ts';
import { childEnvironment, type EnvironmentContext } from './child-environment.ts';
import { logFileOf } from './home.ts';
import type { InstanceSpec } from './instance.ts';
import type { WantedPort } from './ports.ts';

/**
 * Without it V8 collects the whole heap after every few MiB of received bytes, however small the heap is: a recording of
 * 1 GiB made 145 full collections in the recorder, half of its CPU time; with it 39.
 */
const BUFFERS_COUNT_AS_HEAP = '--external-memory-accounted-in-global-limit';

/**
 * Heap and buffers may grow to four times what the last collection left. With what V8 chooses for heaps as small as ours, a
 * recorder that takes ten streams collected every 16 MiB, which was two fifths of the CPU time of the whole byte path.
 */
const HEAP_GROWTH = '--heap-growing-percent=300';

const ORPHAN_GUARD = fileURLToPath(new URL('orphan-guard.cjs', import.meta.url));

/** @param artifactOf what the service runs, as of the last build */
export function specMaker(
  context: EnvironmentContext,
  root: string,
  artifactOf: (service: Service) => Artifact | undefined,
): (service: Service, replica: number) => InstanceSpec {
  return (service, replica) => {
    const artifact = artifactOf(service);
    if (!artifact) throw deployErrors.missingApps([`${service.app} has not been built`]);
    const id = `${service.name}-${replica}`;
    const address = addressOf(context.system, context.plan, service, replica);
    // No --enable-source-maps: the first error of a process makes it parse its map, and that costs 100 MiB for good.
    const flags = [
      `--max-old-space-size=${service.memory.heapMiB}`,
      BUFFERS_COUNT_AS_HEAP,
      HEAP_GROWTH,
      '--require',
      ORPHAN_GUARD,
    ];
    return {
      id,
      service: service.name,
      replica,
      host: address.host,
      port: address.portFor(service.port),
      ...probeOf(service, address),
      args: [...flags, artifact.entry],
      env: childEnvironment(context, service, replica, address),
      cwd: root,
      logFile: logFileOf(context.home, id),
      revision: artifact.revision,
    };
  };
}

/** Processes are asked over HTTP; `runnable.ts` has left out what cannot be. */
function probeOf(
  service: Service,
  address: InstanceAddress,
): Pick<InstanceSpec, 'probeUrl' | 'startDeadlineMs'> {
  const { probe } = service;
  if (probe?.check.kind !== 'http') throw deployErrors.unexpected(`${service.name} has no HTTP probe`);
  const { port, path } = probe.check;
  return {
    probeUrl: `http://${address.host}:${address.portFor(port)}${path}`,
    startDeadlineMs: probe.startDeadlineMs,
  };
}

/** Every address and port the system is going to listen on. */
export function wantedPorts(system: System, plan: AddressPlan): WantedPort[] {
  return system.services.flatMap((service) =>
    Array.from({ length: service.replicas }, (_, at) => at + 1).flatMap((replica) => {
      const { host, portFor } = addressOf(system, plan, service, replica);
      const ports = [service.port, ...service.extraPorts.map((extra) => extra.port)];
      return ports.map((port) => ({ host, port: portFor(port), forWhom: `${service.name}-${replica}` }));
    }),
  );
}

function addressOf(system: System, plan: AddressPlan, service: Service, replica: number) {
  const index = system.services.findIndex((other) => other.name === service.name) + 1;
  return instanceAddress(plan, service, index, replica);
}
