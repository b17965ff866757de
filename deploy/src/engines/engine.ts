/**
 * What every engine can do, whatever it runs on: plain processes, Docker Compose, Swarm, Kubernetes.
 * The command line, the autoscaler and the tests know only this; `test/compliance` holds an engine to it.
 */
import type { System } from '../model/types.ts';
import type { Preview } from './preview.ts';

/** Where an instance stands; the process engine's state machine is drawn in `process/instance-state.ts`. */
export type InstanceState =
  | 'planned'
  | 'starting'
  | 'ready'
  | 'unready'
  | 'backoff'
  | 'stopping'
  | 'stopped'
  | 'failed';

export interface InstanceStatus {
  readonly id: string;
  readonly service: string;
  readonly replica: number;
  readonly state: InstanceState;
  /** `host:port` other services reach this very instance at. */
  readonly address: string;
  readonly url: string;
  readonly pid: number | undefined;
  /** Resident memory; undefined when it could not be read (unknown is not 0). */
  readonly rssBytes: number | undefined;
  readonly restarts: number;
  readonly startedAt: string | undefined;
}

export interface SystemStatus {
  readonly engine: string;
  readonly system: string;
  readonly profile: string;
  readonly phase: 'starting' | 'running' | 'stopping';
  readonly startedAt: string;
  /** Where the outside world comes in. */
  readonly publicUrl: string | undefined;
  readonly home: string;
  readonly dns: string | undefined;
  readonly supervisorPid: number | undefined;
  readonly instances: readonly InstanceStatus[];
}

export interface UpOptions {
  readonly profile: string;
  /** `host:port` of the public door, `none` for no door; the model's when absent. */
  readonly publish?: string;
  /** Replica counts that differ from the profile's, by service name. */
  readonly scale?: Readonly<Record<string, number>>;
  /** `path=value` over the profile: `chunk-processor.limits.memory=2G`, `data.redis=single`. */
  readonly set?: readonly string[];
  /** Extra variables: `NAME=value` for all services, `service:NAME=value` for one. */
  readonly env?: readonly string[];
}

/** What is going to be started. */
export interface PlannedInstance {
  readonly id: string;
  /** From 1. */
  readonly tier: number;
  /** It is to end well, and does not become ready. */
  readonly job: boolean;
}

/** What happens while an engine works; told as it happens, for people and for logs. */
export type EngineEvent =
  | { readonly type: 'plan'; readonly instances: readonly PlannedInstance[] }
  | { readonly type: 'step'; readonly step: string; readonly done: boolean; readonly detail?: string }
  | { readonly type: 'notice'; readonly message: string }
  | {
      readonly type: 'instance';
      readonly id: string;
      readonly from: InstanceState;
      readonly state: InstanceState;
      readonly detail?: string;
    }
  | { readonly type: 'phase'; readonly phase: SystemStatus['phase'] | 'stopped'; readonly detail?: string };

export type EngineListener = (event: EngineEvent) => void;

export interface LogOptions {
  /** Service or instance names; all when empty. */
  readonly of?: readonly string[];
  /** How many recent lines per instance. @default 50 */
  readonly lines?: number;
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
}

export interface LogLine {
  readonly instance: string;
  readonly text: string;
  /** Epoch milliseconds when the line says so itself. */
  readonly timeMs: number | undefined;
}

export interface UpReport {
  /** False when the system was up already: nothing had to be done. */
  readonly started: boolean;
  /** Services that were restarted because their build had changed. */
  readonly restarted: readonly string[];
  readonly status: SystemStatus;
}

export interface Captured {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface DownOptions {
  /** Removes the data as well. @default false */
  readonly volumes?: boolean;
}

export interface Engine {
  readonly name: string;
  readonly home: { readonly dir: string };
  /** True when something was brought up from this home and not taken down; asks nobody but the home. */
  hasDeployment(): boolean;
  /** Brings the system up in the background and resolves when all of it is ready. Idempotent. Throws `DeployError`. */
  up(options: UpOptions, listener?: EngineListener, signal?: AbortSignal): Promise<UpReport>;
  /** What `up` would start. Touches nothing, and asks nobody but the home. Throws what is wrong with the order. */
  preview(options: UpOptions): Promise<Preview>;
  /** Stops everything. Resolves with the number of instances ended, 0 when nothing was up. */
  down(options?: DownOptions): Promise<number>;
  /** Undefined when nothing is up. */
  status(): Promise<SystemStatus | undefined>;
  /** Adds or drains instances until there are `count`, and resolves when the new ones are ready. */
  scale(service: string, count: number): Promise<SystemStatus>;
  /** Restarts every instance of a service, one after the other. */
  restart(service: string): Promise<SystemStatus>;
  logs(options: LogOptions): AsyncIterable<LogLine>;
  /** Runs a command in an instance's surroundings, on this terminal. Resolves with its exit code. */
  exec(instance: string, command: readonly string[]): Promise<number>;
  /** Like `exec`, but gives back what the command wrote instead of showing it. */
  capture(instance: string, command: readonly string[]): Promise<Captured>;
  /** The system that was asked for, as composed; what is up is compared with it. @throws `engine-not-up` */
  wanted(): Promise<System>;
  /** Replaces a service's replicas by another version of its image, as its update policy says. */
  update?(service: string, version: string): Promise<SystemStatus>;
  /** Puts back the version before the last update. */
  rollback?(service: string): Promise<SystemStatus>;
}
