/**
 * From nothing to a running system, in the process that calls it: lock, clean up after a dead predecessor, claim an
 * address range, look at the machine, build, make secrets, start. Whatever fails, everything done so far is undone.
 */
import { deployErrors } from '../../errors.ts';
import { calledName } from '../../model/edges.ts';
import type { System } from '../../model/types.ts';
import { requireService } from '../../profiles/profile.ts';
import { councilNotices } from '../../rules/council-notices.ts';
import { problemsOf } from '../../rules/index.ts';
import type { EngineListener, SystemStatus } from '../engine.ts';
import { type Artifact, prepareArtifacts } from './artifacts.ts';
import { listenForControl } from './control-server.ts';
import { type Home, logFileOf, prepareHome } from './home.ts';
import type { InstanceSpec } from './instance.ts';
import { acquireLock } from './lock.ts';
import { appendEngineLog, describeEvent, rotateLogs } from './log-files.ts';
import { claimLoopback } from './loopback.ts';
import { parseEndpoint, requireFreePorts } from './ports.ts';
import { judge, machineFacts, needsOf } from './preflight.ts';
import { startTimeOf } from './process-identity.ts';
import { endProcesses, leftoversOf } from './reaper.ts';
import { SecretStore } from './secret-store.ts';
import { publishServiceKeys } from './service-keys.ts';
import { specMaker, wantedPorts } from './specs.ts';
import { removeState, writeState } from './state-file.ts';
import { statusOf } from './status.ts';
import { Supervisor } from './supervisor.ts';

export interface LaunchOptions {
  readonly root: string;
  readonly home: Home;
  readonly profile: string;
  /** `host:port`, `none`, or undefined for what the model says. */
  readonly publish: string | undefined;
  readonly source: boolean;
  readonly build: boolean;
  readonly addresses: 'auto' | 'subnet' | 'ports';
  readonly env: readonly string[];
}

export interface Launched {
  status(): SystemStatus;
  /** Stops everything and gives the home back. Resolves with the number of processes ended. Idempotent. */
  stop(): Promise<number>;
  /** Resolves when the system is down, whoever stopped it. */
  readonly closed: Promise<void>;
}

export interface LaunchSignals {
  /** Interrupts the start, or stops what runs. */
  readonly stop?: AbortSignal;
  /** Ends the children at once. */
  readonly force?: AbortSignal;
}

const ROTATE_EVERY_MS = 5_000;
/** A service drains half a second before it closes; asking a second time would cut that short. */
const ORPHANS = { patienceMs: 2_000, graceMs: 5_000 };

/** @param system the composed model: the profile and replica counts are applied */
export async function launch(
  system: System,
  options: LaunchOptions,
  listener: EngineListener,
  signals: LaunchSignals = {},
): Promise<Launched> {
  const { home } = options;
  const problems = problemsOf(system);
  if (problems.length > 0) throw deployErrors.brokenModel(problems);
  const publish = publicAddress(system, options.publish);
  prepareHome(home);
  const startedAt = new Date().toISOString();
  const tell: EngineListener = (event) => {
    const line = describeEvent(event);
    if (line) appendEngineLog(logFileOf(home, 'engine'), line);
    listener(event);
  };

  const undo: (() => unknown)[] = [];
  const closing = Promise.withResolvers<void>();
  let stopped: Promise<number> | undefined;
  const stop = (): Promise<number> => {
    stopped ??= undoAll(undo).then((count) => {
      tell({ type: 'phase', phase: 'stopped' });
      closing.resolve();
      return count;
    });
    return stopped;
  };
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    if (signals.stop?.aborted || stopped) throw deployErrors.startInterrupted();
    tell({ type: 'step', step: name, done: false });
    const result = await work();
    tell({ type: 'step', step: name, done: true });
    return result;
  };
  for (const message of councilNotices(system)) tell({ type: 'notice', message });

  try {
    const lock = acquireLock(home);
    undo.push(() => lock.release());
    const ended = await endProcesses(leftoversOf(home), ORPHANS);
    if (ended > 0)
      tell({ type: 'notice', message: `ended ${ended} processes left behind by an engine that was killed` });
    removeState(home);
    undo.push(() => removeState(home));
    const { plan, dns } = await claimLoopback(options.addresses, (range) => wantedPorts(system, range));
    undo.push(() => dns.close());

    let artifacts: Map<string, Artifact> = new Map();
    const prepare = () =>
      prepareArtifacts(system, { ...options, logFile: logFileOf(home, 'build') }, (detail) =>
        tell({ type: 'step', step: 'build', done: false, detail }),
      );
    const secrets = new SecretStore(home.secretsDir);
    const environment = { system, home, plan, secrets, publish, overrides: options.env };
    const me = { pid: process.pid, startTime: startTimeOf(process.pid) ?? '' };
    const supervisor: Supervisor = new Supervisor({
      system,
      listener: tell,
      specFor: specMaker(environment, options.root, (service) => artifacts.get(service.name)),
      admit: async (added, all) => {
        const identified = all.filter((spec) => 'SERVICE_KEYS_FILE' in spec.env);
        const signingAs = ({ service }: InstanceSpec) => calledName(requireService(system, service));
        publishServiceKeys(
          home,
          identified.map((spec) => ({ id: spec.id, service: signingAs(spec) })),
        );
        await requireFreePorts(added.map((spec) => ({ host: spec.host, port: spec.port, forWhom: spec.id })));
      },
      changed: () => {
        dns.update(supervisor.names());
        const running = supervisor.instances.flatMap(({ identity, spec }) =>
          identity ? [{ ...identity, id: spec.id }] : [],
        );
        writeState(home, {
          version: 1,
          supervisor: me,
          profile: options.profile,
          startedAt,
          plan,
          instances: running,
        });
      },
    });
    const status = () =>
      statusOf({ system, supervisor, home, plan, publish, profile: options.profile, startedAt });
    const server = await listenForControl(home.socketFile, {
      status,
      scale: (service, count) => supervisor.scale(service, count).then(status),
      restart: async (service) => {
        artifacts = await prepare();
        return supervisor.restart(service).then(status);
      },
      down: stop,
      wanted: () => withRunningCounts(system, supervisor),
      revisions: () => revisionsOf(supervisor),
    });
    undo.push(() => void server.close()); // the answer to `down` still goes out on its open connection
    const rotation = setInterval(() => rotateLogs(home.logsDir), ROTATE_EVERY_MS);
    undo.push(() => clearInterval(rotation));
    undo.push(() => supervisor.stop());
    signals.stop?.addEventListener('abort', () => void stop(), { once: true });
    signals.force?.addEventListener('abort', () => supervisor.kill(), { once: true });

    await step('machine', async () => {
      const verdict = judge(machineFacts(home.dir), needsOf(system));
      for (const warning of verdict.warnings) tell({ type: 'notice', message: `warning: ${warning}` });
      for (const refusal of verdict.refusals) throw refusal;
      if (publish) await requireFreePorts([{ ...parseEndpoint(publish), forWhom: 'the public address' }]);
    });
    artifacts = await step('build', prepare);
    await step('secrets', async () => secrets.ensure(system.secrets));
    await step('start', () => supervisor.start());
    return { status, stop, closed: closing.promise };
  } catch (error) {
    const interrupted = signals.stop?.aborted || stopped !== undefined;
    await stop();
    throw interrupted ? deployErrors.startInterrupted() : error;
  }
}

/** Newest first; one that fails does not keep the others from being undone. Resolves with what `supervisor.stop` counted. */
async function undoAll(undo: (() => unknown)[]): Promise<number> {
  let count = 0;
  const failures: unknown[] = [];
  for (const action of undo.splice(0).toReversed()) {
    try {
      const outcome = await action();
      if (typeof outcome === 'number') count += outcome;
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'the system could not be stopped cleanly');
  return count;
}

/** Throws `usage` for what is no address. */
function publicAddress(system: System, wanted: string | undefined): string | undefined {
  if (wanted === 'none') return undefined;
  if (wanted !== undefined) parseEndpoint(wanted);
  const door = system.services.find((service) => service.publishes)?.publishes;
  return door ? (wanted ?? `${door.host}:${door.port}`) : undefined;
}

/** A scaled service wants as many as it has been scaled to. */
function withRunningCounts(system: System, supervisor: Supervisor): System {
  const countOf = (name: string) =>
    supervisor.instances.filter(({ spec, state }) => spec.service === name && state !== 'stopping').length;
  return {
    ...system,
    services: system.services.map((service) => ({ ...service, replicas: countOf(service.name) })),
  };
}

function revisionsOf(supervisor: Supervisor): Record<string, string> {
  const pairs = supervisor.instances.flatMap(({ spec }) =>
    spec.revision ? [[spec.service, spec.revision] as const] : [],
  );
  return Object.fromEntries(pairs);
}
