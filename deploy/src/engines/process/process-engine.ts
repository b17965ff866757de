/** The process engine as its users see it: every service a child process, nothing to install but Node. */
import { fork } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DeployError, deployErrors } from '../../errors.ts';
import type { System } from '../../model/types.ts';
import { problemsOf } from '../../rules/index.ts';
import type {
  Captured,
  Engine,
  EngineListener,
  InstanceStatus,
  LogLine,
  LogOptions,
  SystemStatus,
  UpOptions,
  UpReport,
} from '../engine.ts';
import { type Preview, previewOf } from '../preview.ts';
import { prepareArtifacts } from './artifacts.ts';
import { callEngine } from './control-client.ts';
import { captureBeside, execBeside } from './exec.ts';
import { type Home, homeAt, logFileOf, prepareHome } from './home.ts';
import { lockOwner } from './lock.ts';
import { readLogs } from './log-reader.ts';
import { loadProcessSystem } from './process-system.ts';
import { endProcesses, leftoversOf } from './reaper.ts';
import { removeState } from './state-file.ts';
import type { FromSupervisor, SupervisorOrder } from './supervisor-main.ts';

export interface ProcessEngineOptions {
  /** The workspace. */
  readonly root: string;
  /** Folder of state, logs, secrets and data; `LUCID_HOME` or `.lucid` when absent. */
  readonly home?: string | undefined;
  /** Another module exporting `system` and `profiles`. */
  readonly systemModule?: string | undefined;
  readonly source?: boolean;
  readonly build?: boolean;
  readonly addresses?: 'auto' | 'subnet' | 'ports';
}

const SUPERVISOR = fileURLToPath(new URL('supervisor-main.ts', import.meta.url));
const OTHER_START_TIMEOUT_MS = 120_000;
/** A supervisor answers as soon as it has cleaned up after its predecessor. */
const ANSWER_WITHIN_MS = 15_000;
const QUICK_CALL_MS = 5_000;

const isDoor = (address: string) => address !== 'none';

export class ProcessEngine implements Engine {
  readonly name = 'process';
  readonly home: Home;
  readonly #options: ProcessEngineOptions;

  constructor(options: ProcessEngineOptions) {
    this.#options = options;
    this.home = homeAt(options.root, options.home);
  }

  /** @throws `broken-model` naming every problem, as the start would */
  async preview(options: UpOptions): Promise<Preview> {
    const system = await loadProcessSystem(this.orderFor(options));
    const problems = problemsOf(system);
    if (problems.length > 0) throw deployErrors.brokenModel(problems);
    return previewOf(this.name, system, ({ publishes }) => {
      const door = publishes && `${publishes.host}:${publishes.port}`;
      return { image: undefined, published: door ? [options.publish ?? door].filter(isDoor) : [] };
    });
  }

  async up(options: UpOptions, listener: EngineListener = () => {}, signal?: AbortSignal): Promise<UpReport> {
    const running = await this.alreadyUp(options, listener);
    if (running) return running;
    try {
      const status = await this.#detach(this.orderFor(options), listener, signal);
      return { started: true, restarted: [], status };
    } catch (error) {
      return this.orElseRunning(error, options, listener);
    }
  }

  /** What a supervisor has to know; the same for one in the background and one in this process. */
  orderFor(options: UpOptions): SupervisorOrder {
    return {
      root: this.#options.root,
      home: this.home.dir,
      systemModule: this.#options.systemModule,
      source: this.#options.source ?? false,
      build: this.#options.build ?? true,
      addresses: this.#options.addresses ?? 'auto',
      profile: options.profile,
      publish: options.publish,
      scale: options.scale ?? {},
      set: options.set ?? [],
      env: options.env ?? [],
    };
  }

  /**
   * When an engine is up already: waits until it is ready, restarts what has been built anew, and reports.
   * Undefined when nothing is up. Throws `other-settings` when the one that runs is not the one asked for.
   */
  async alreadyUp(options: UpOptions, listener: EngineListener): Promise<UpReport | undefined> {
    const system = await loadProcessSystem(this.orderFor(options)); // complains about a wrong profile in any case
    let status = await this.status();
    if (!status) {
      const owner = lockOwner(this.home);
      for (let waitedMs = 0; owner && !status && waitedMs < ANSWER_WITHIN_MS; waitedMs += 100) {
        if (!lockOwner(this.home)) break;
        await sleep(100);
        status = await this.status();
      }
      if (owner && !status && lockOwner(this.home)) throw deployErrors.engineBusy(owner.pid, this.home.dir);
      if (!status) return undefined;
    }
    if (status.profile !== options.profile)
      throw deployErrors.otherSettings('profile', status.profile, options.profile);
    const door =
      options.publish === undefined || options.publish === 'none' ? undefined : `http://${options.publish}`;
    if (door && door !== status.publicUrl) {
      throw deployErrors.otherSettings('public address', status.publicUrl ?? 'none', door);
    }
    for (
      let waitedMs = 0;
      status?.phase === 'starting' && waitedMs < OTHER_START_TIMEOUT_MS;
      waitedMs += 200
    ) {
      await sleep(200);
      status = await this.status();
    }
    if (!status) throw deployErrors.supervisorLost(logFileOf(this.home, 'engine'));
    const restarted = await this.#restartChanged(system, listener);
    return { started: false, restarted, status: (await this.status()) ?? status };
  }

  /** When somebody else was quicker to start the same system, theirs will do. Else rethrows. */
  async orElseRunning(error: unknown, options: UpOptions, listener: EngineListener): Promise<UpReport> {
    const busy = error instanceof DeployError && error.code === 'engine-busy';
    const running = busy ? await this.alreadyUp(options, listener) : undefined;
    if (!running) throw error;
    return running;
  }

  async down(): Promise<number> {
    const answers = (await this.status()) !== undefined;
    const answer = answers
      ? await callEngine<{ ended: number }>(this.home.socketFile, 'POST', '/down')
      : undefined;
    const owner = lockOwner(this.home);
    if (answer) {
      for (let waitedMs = 0; waitedMs < 3_000 && lockOwner(this.home); waitedMs += 20) await sleep(20);
      return answer.ended;
    }
    // Nobody answers: a supervisor that hangs, or one that was killed and left its children.
    if (owner) await endProcesses([owner], { graceMs: 20_000 });
    const ended = await endProcesses(leftoversOf(this.home), { patienceMs: owner ? 0 : 2_000 });
    removeState(this.home);
    return ended;
  }

  status(): Promise<SystemStatus | undefined> {
    return callEngine<SystemStatus>(this.home.socketFile, 'GET', '/status', undefined, QUICK_CALL_MS);
  }

  async wanted(): Promise<System> {
    const system = await callEngine<System>(this.home.socketFile, 'GET', '/system');
    if (!system) throw deployErrors.engineNotUp(this.home.dir);
    return system;
  }

  hasDeployment(): boolean {
    return existsSync(this.home.stateFile) || lockOwner(this.home) !== undefined;
  }

  async exec(instance: string, command: readonly string[]): Promise<number> {
    return execBeside(await this.#find(instance), command, this.#options.root);
  }

  async capture(instance: string, command: readonly string[]): Promise<Captured> {
    return captureBeside(await this.#find(instance), command, this.#options.root);
  }

  async #find(instance: string): Promise<InstanceStatus> {
    const status = await this.status();
    if (!status) throw deployErrors.engineNotUp(this.home.dir);
    const found = status.instances.find(({ id }) => id === instance || id === `lucid-${instance}`);
    if (found) return found;
    throw deployErrors.noSuchInstance(
      instance,
      status.instances.map(({ id }) => id),
    );
  }

  scale(service: string, count: number): Promise<SystemStatus> {
    return this.#ask('/scale', { service, count });
  }

  restart(service: string): Promise<SystemStatus> {
    return this.#ask('/restart', { service });
  }

  logs(options: LogOptions): AsyncIterable<LogLine> {
    return readLogs(this.home.logsDir, options);
  }

  async #ask(path: string, body: object): Promise<SystemStatus> {
    const status = await callEngine<SystemStatus>(this.home.socketFile, 'POST', path, body);
    if (!status) throw deployErrors.engineNotUp(this.home.dir);
    return status;
  }

  async #restartChanged(
    system: Parameters<typeof prepareArtifacts>[0],
    listener: EngineListener,
  ): Promise<string[]> {
    const { root, source = false, build = true } = this.#options;
    const logFile = logFileOf(this.home, 'build');
    const wanted = await prepareArtifacts(system, { root, source, build, logFile }, (detail) =>
      listener({ type: 'step', step: 'build', done: false, detail }),
    );
    const running =
      (await callEngine<Record<string, string>>(this.home.socketFile, 'GET', '/revisions')) ?? {};
    const changed = Object.keys(running).filter((name) => {
      const revision = wanted.get(name)?.revision;
      return revision !== undefined && revision !== running[name];
    });
    for (const name of changed) {
      listener({ type: 'notice', message: `${name} was built anew: restarting it` });
      await this.restart(name);
    }
    return changed;
  }

  /** Starts a supervisor that outlives this process, and listens to it until it is ready or has failed. */
  #detach(order: SupervisorOrder, listener: EngineListener, signal?: AbortSignal): Promise<SystemStatus> {
    prepareHome(this.home);
    const logFile = logFileOf(this.home, 'engine');
    const log = openSync(logFile, 'a', 0o600);
    const child = fork(SUPERVISOR, [], { detached: true, stdio: ['ignore', log, log, 'ipc'], execArgv: [] });
    closeSync(log);
    const interrupt = () => child.kill('SIGTERM');
    signal?.addEventListener('abort', interrupt, { once: true });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('disconnect', () => reject(deployErrors.supervisorLost(logFile)));
      child.on('message', (message: FromSupervisor) => {
        if (message.type === 'event') return listener(message.event);
        if (message.type === 'failed') {
          return reject(new DeployError(message.code, message.exitCode, message.message));
        }
        signal?.removeEventListener('abort', interrupt);
        child.removeAllListeners();
        child.disconnect();
        child.unref();
        resolve(message.status);
      });
      child.send(order);
    });
  }
}
