import { join } from 'node:path';
import { type InstanceStatus, ProcessEngine, type SystemStatus } from '@lucid/deploy';
import { WORKSPACE_ROOT } from '@lucid/testing';
import { execa } from 'execa';
import { secondsSince } from '../measure/timed.ts';
import { firstLine } from './first-line.ts';

const DEPLOY = join(WORKSPACE_ROOT, 'deploy/bin/deploy.mjs');
const STOP_WITHIN_MS = 30_000;

export interface SystemWishes {
  /** Home folder: state, secrets, data. */
  readonly home: string;
  /** `host:port` of the gateway. */
  readonly publish: string;
  /** `NAME=value` or `service:NAME=value`. */
  readonly env?: readonly string[];
  /** `path=value`, over the profile. */
  readonly set?: readonly string[];
  /** @default dev */
  readonly profile?: string;
  /** Builds what has changed first. @default false */
  readonly build?: boolean;
}

/** The whole of Lucid through the process engine. It ends with this process, however this process ends. */
export class BenchSystem {
  readonly home: string;
  readonly url: string;
  /** From the command to the last service being ready. */
  readonly startSeconds: number;
  readonly #engine: ProcessEngine;
  readonly #stop: () => Promise<void>;

  private constructor(wishes: SystemWishes, startSeconds: number, stop: () => Promise<void>) {
    this.home = wishes.home;
    this.url = `http://${wishes.publish}`;
    this.startSeconds = startSeconds;
    this.#engine = new ProcessEngine({ root: WORKSPACE_ROOT, home: wishes.home });
    this.#stop = stop;
  }

  /** @param onProcess told how to stop it as soon as there is something to stop */
  static async start(
    wishes: SystemWishes,
    onProcess: (stop: () => Promise<void>) => void = () => undefined,
  ): Promise<BenchSystem> {
    const { home, publish, env = [], set = [], profile = 'dev', build = false } = wishes;
    const startedMs = performance.now();
    const supervisor = execa(
      process.execPath,
      [
        DEPLOY,
        'up',
        '--json',
        '--engine=process',
        `--profile=${profile}`,
        `--home=${home}`,
        `--publish=${publish}`,
        ...(build ? [] : ['--skip-build']),
        ...env.map((variable) => `--env=${variable}`),
        ...set.map((override) => `--set=${override}`),
      ],
      // The channel tells it when this process is gone.
      { cwd: WORKSPACE_ROOT, ipc: true, reject: false, stdin: 'ignore', forceKillAfterDelay: STOP_WITHIN_MS },
    );
    const stop = async () => {
      supervisor.kill('SIGTERM');
      await supervisor;
    };
    try {
      onProcess(stop);
    } catch (error) {
      await stop();
      throw error;
    }
    const line = await firstLine(supervisor.stdout);
    const startSeconds = secondsSince(startedMs);
    const document = JSON.parse(line ?? '{}') as { status?: SystemStatus; error?: { message: string } };
    if (document.status) return new BenchSystem(wishes, startSeconds, stop);
    if (document.error) throw new Error(`the system did not start: ${document.error.message}`);
    const { stderr, exitCode } = await supervisor;
    throw new Error(`the system did not start (${exitCode}): ${stderr}`);
  }

  async status(): Promise<SystemStatus> {
    const status = await this.#engine.status();
    if (!status) throw new Error('the system is down');
    return status;
  }

  /** All instances of a service, by its name without `lucid-`. */
  async instances(service: string): Promise<InstanceStatus[]> {
    const { instances } = await this.status();
    return instances.filter((instance) => instance.service === `lucid-${service}`);
  }

  /** The first of them. @throws Error when there is none */
  async instance(service: string): Promise<InstanceStatus> {
    const [found] = await this.instances(service);
    if (!found) throw new Error(`there is no ${service}`);
    return found;
  }

  stop(): Promise<void> {
    return this.#stop();
  }
}
