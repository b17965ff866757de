// An engine that says what a test wants it to say: the real interface, answers instead of a machine.
import type { Captured, Engine, InstanceStatus, LogLine, SystemStatus } from '../../src/engines/engine.ts';
import { deployErrors } from '../../src/errors.ts';
import type { Service, System } from '../../src/model/types.ts';
import type { CheckContext } from '../../src/validate/check.ts';
import { lookAt } from '../../src/validate/run-checks.ts';

export const NOW_MS = Date.parse('2025-01-14T12:00:00Z');
export const MIB = 2 ** 20;

export interface Said {
  readonly name?: string;
  readonly publicUrl?: string;
  /** Changes of instances by id; `undefined` takes one away. */
  readonly changed?: Readonly<Record<string, Partial<InstanceStatus> | undefined>>;
  readonly more?: readonly InstanceStatus[];
  readonly capture?: (instance: string, command: readonly string[]) => Partial<Captured>;
  readonly logs?: readonly LogLine[];
  readonly get?: CheckContext['get'];
}

/** Everything that is wanted is there and ready, but for what is changed. */
export function fakeEngine(system: System, said: Said = {}): Engine {
  const instances = system.services
    .filter(({ kind, status }) => kind !== 'job' && status === 'built')
    .flatMap((service) => Array.from({ length: service.replicas }, (_, at) => instance(service, at + 1)))
    .flatMap((each) => {
      if (!said.changed || !(each.id in said.changed)) return [each];
      const change = said.changed[each.id];
      return change ? [{ ...each, ...change }] : [];
    });
  const status: SystemStatus = {
    engine: said.name ?? 'compose',
    system: system.name,
    profile: 'fake',
    phase: 'running',
    startedAt: new Date(NOW_MS - 3_600_000).toISOString(),
    publicUrl: said.publicUrl,
    home: '/nowhere',
    dns: undefined,
    supervisorPid: undefined,
    instances: [...instances, ...(said.more ?? [])],
  };
  const refuse = () => Promise.reject(deployErrors.unexpected('a validation changes nothing'));
  return {
    name: status.engine,
    home: { dir: status.home },
    hasDeployment: () => true,
    up: refuse,
    preview: refuse,
    down: refuse,
    scale: refuse,
    restart: refuse,
    exec: refuse,
    status: async () => status,
    wanted: async () => system,
    capture: async (id, command) => {
      const captured = said.capture?.(id, command) ?? {};
      return { exitCode: 0, stdout: '', stderr: '', ...captured };
    },
    logs: async function* () {
      yield* said.logs ?? [];
    },
  };
}

/** What checks are given for it. */
export async function contextOf(system: System, said: Said = {}): Promise<CheckContext> {
  const context = await lookAt(fakeEngine(system, said), NOW_MS);
  return { ...context, get: said.get ?? context.get };
}

export function instance(service: Service, replica: number): InstanceStatus {
  const place = `172.20.${service.name.length}.${replica}:${service.port}`;
  return {
    id: `${service.name}-${replica}`,
    service: service.name,
    replica,
    state: 'ready',
    address: place,
    url: `http://${place}`,
    pid: 1000 + replica,
    rssBytes: 64 * MIB,
    restarts: 0,
    startedAt: new Date(NOW_MS - 3_600_000).toISOString(),
  };
}
