/** What a check of a running system is given, and what it says. */
import type { Captured, Engine, InstanceStatus, SystemStatus } from '../engines/engine.ts';
import type { Service, System } from '../model/types.ts';

/** `unknown`: it could not be read. That is neither good nor bad, and never counted as zero. */
export type Verdict = 'ok' | 'failed' | 'unknown';

export interface Result {
  readonly check: string;
  /** The service, instance, store or address the verdict is about. */
  readonly subject: string;
  readonly verdict: Verdict;
  /** One line: what was found, and against what it was held. */
  readonly detail: string;
}

/** An HTTP answer: how it began, and its first kilobytes. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface CheckContext {
  /** Who runs it: `process`, `compose`, `swarm`, `kubernetes`. */
  readonly engine: Pick<Engine, 'name' | 'logs'>;
  /** False for plain processes: no networks, no limits, and instances answer on an address of this machine. */
  readonly containers: boolean;
  /** What was asked for, without what is planned. */
  readonly system: System;
  /** What is there, seen once, so that all checks speak of the same moment. */
  readonly status: SystemStatus;
  /** Epoch milliseconds of that moment. */
  readonly nowMs: number;
  /** Runs a command inside an instance, a few at a time. @throws DeployError when that cannot be done from here */
  capture(instance: string, command: readonly string[]): Promise<Captured>;
  /** GET from this machine. @throws Error when no answer comes */
  get(url: string, timeoutMs: number): Promise<Answer>;
}

export interface Check {
  /** First column of the table. */
  readonly name: string;
  run(context: CheckContext): Promise<Result[]>;
}

/** Instances of one service, in the order of the status. */
export function instancesOf({ status }: CheckContext, service: Service): InstanceStatus[] {
  return status.instances.filter((instance) => instance.service === service.name);
}

/** Those a command can be run in, or that can be asked. */
export const isRunning = ({ state }: InstanceStatus): boolean =>
  state === 'ready' || state === 'unready' || state === 'starting';

/** One line out of whatever was thrown. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s+/g, ' ').trim();
}
