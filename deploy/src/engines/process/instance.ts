/** One child process under supervision: spawns it, asks it whether it is ready, restarts it, ends it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync } from 'node:fs';
import type { InstanceState } from '../engine.ts';
import {
  decide,
  freshRecord,
  type InstanceAction,
  type InstanceEvent,
  type InstanceRecord,
} from './instance-state.ts';
import { lastWords } from './last-words.ts';
import { type ProcessIdentity, startTimeOf } from './process-identity.ts';
import { probe } from './readiness.ts';

export interface InstanceSpec {
  readonly id: string;
  readonly service: string;
  readonly replica: number;
  readonly host: string;
  readonly port: number;
  readonly probeUrl: string;
  readonly startDeadlineMs: number;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly logFile: string;
  readonly revision: string | undefined;
}

export interface InstanceHooks {
  /** After every change of state, and after every spawn: time to write the state file and the name table. */
  changed(instance: Instance, from: InstanceState, detail: string | undefined): void;
  /** True while the whole system is starting: then too many crashes end it. */
  mayGiveUp(): boolean;
}

const STARTING_PROBE_MS = 50;
const RUNNING_PROBE_MS = 1_000;
const PROBE_TIMEOUT_MS = 2_000;
/** A busy process may miss a probe; unknown is not down. */
const SILENT_PROBES = 3;
/** Above the services' own 8 s shutdown deadline. */
export const STOP_GRACE_MS = 10_000;

export class Instance {
  readonly spec: InstanceSpec;
  readonly #hooks: InstanceHooks;
  #record: InstanceRecord = freshRecord;
  #child: ChildProcess | undefined;
  #identity: ProcessIdentity | undefined;
  #spawnedAtMs = 0;
  #logStartBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #killTimer: NodeJS.Timeout | undefined;
  #silent = 0;
  #lastAnswer = '';
  #waiters: { until: readonly InstanceState[]; resolve: (state: InstanceState) => void }[] = [];
  failure = '';

  constructor(spec: InstanceSpec, hooks: InstanceHooks) {
    this.spec = spec;
    this.#hooks = hooks;
  }

  get state(): InstanceState {
    return this.#record.state;
  }

  get restarts(): number {
    return this.#record.restarts;
  }

  /** The running process, for the state file and the status. */
  get identity(): ProcessIdentity | undefined {
    return this.#identity;
  }

  get startedAt(): string | undefined {
    return this.#identity ? new Date(this.#spawnedAtMs).toISOString() : undefined;
  }

  start(): void {
    this.#dispatch({ type: 'start' });
  }

  /** Asks the process to end, insists after the grace period, and resolves when it is gone. */
  async stop(): Promise<void> {
    this.#dispatch({ type: 'stop' });
    await this.reaches(['stopped']);
  }

  /** Ends the process at once, without asking. */
  kill(): void {
    this.#signal('SIGKILL');
  }

  /** Resolves with the first of these states it is in. */
  reaches(until: readonly InstanceState[]): Promise<InstanceState> {
    if (until.includes(this.state)) return Promise.resolve(this.state);
    return new Promise((resolve) => this.#waiters.push({ until, resolve }));
  }

  #dispatch(event: InstanceEvent, detail?: string): void {
    const from = this.state;
    const decision = decide(this.#record, event, Date.now(), this.#hooks.mayGiveUp());
    this.#record = decision.record;
    if (decision.action.kind === 'give-up') this.failure = detail ?? 'failed';
    const told =
      decision.action.kind === 'retry-later' ? `${detail}, again in ${decision.action.delayMs} ms` : detail;
    this.#perform(decision.action);
    if (from === this.state) return;
    this.#hooks.changed(this, from, told);
    const settled = this.#waiters.filter((waiter) => waiter.until.includes(this.state));
    this.#waiters = this.#waiters.filter((waiter) => !waiter.until.includes(this.state));
    for (const waiter of settled) waiter.resolve(this.state);
  }

  #perform(action: InstanceAction): void {
    switch (action.kind) {
      case 'spawn':
        this.#spawn();
        break;
      case 'retry-later':
        this.#later(action.delayMs, () => this.#dispatch({ type: 'retry' }));
        break;
      case 'terminate':
        clearTimeout(this.#timer);
        this.#signal('SIGTERM');
        this.#killTimer = setTimeout(() => this.#signal('SIGKILL'), STOP_GRACE_MS);
        break;
      case 'give-up':
        clearTimeout(this.#timer);
        break;
      case 'none':
        if (this.state === 'stopped') clearTimeout(this.#timer);
    }
  }

  #spawn(): void {
    const log = openSync(this.spec.logFile, 'a', 0o600);
    this.#logStartBytes = fstatSync(log).size;
    // A session of its own: Ctrl-C in the terminal reaches the supervisor alone, which then stops in order.
    const child = spawn(process.execPath, this.spec.args, {
      cwd: this.spec.cwd,
      env: this.spec.env,
      detached: true,
      stdio: ['pipe', log, log],
    });
    closeSync(log);
    child.stdin?.on('error', () => {}); // the child closed its end; the exit event tells the rest
    this.#child = child;
    this.#spawnedAtMs = Date.now();
    this.#identity =
      child.pid === undefined ? undefined : { pid: child.pid, startTime: startTimeOf(child.pid) ?? '' };
    let over = false;
    const exited = (code: number | null, how: string) => {
      if (over) return;
      over = true;
      this.#exited(code, how);
    };
    child.on('error', (error) => exited(null, `could not be started: ${error.message}`));
    child.on('exit', (code, signal) =>
      exited(code, code === null ? `was ended by ${signal}` : `exited with code ${code}`),
    );
    this.#silent = 0;
    this.#lastAnswer = '';
    this.#later(STARTING_PROBE_MS, () => this.#probe());
  }

  #exited(code: number | null, how: string): void {
    this.#signal('SIGKILL'); // what it may have started itself
    clearTimeout(this.#timer);
    clearTimeout(this.#killTimer);
    this.#child = undefined;
    this.#identity = undefined;
    this.#dispatch({ type: 'exited', code }, this.#record.timedOut ? this.#tooLate() : this.#farewell(how));
  }

  #farewell(how: string): string {
    const words = this.state === 'stopping' ? '' : lastWords(this.spec.logFile, this.#logStartBytes);
    return words ? `${how}: ${words}` : how;
  }

  #tooLate(): string {
    return `was not ready after ${this.spec.startDeadlineMs / 1_000} s, last answer: ${this.#lastAnswer || 'none'}`;
  }

  async #probe(): Promise<void> {
    const child = this.#child;
    const outcome = await probe(this.spec.probeUrl, PROBE_TIMEOUT_MS);
    if (child !== this.#child || child === undefined) return; // that process is gone
    this.#silent = outcome.kind === 'unknown' ? this.#silent + 1 : 0;
    if (outcome.kind === 'passed')
      this.#dispatch({ type: 'probe-passed' }, `in ${Date.now() - this.#spawnedAtMs} ms`);
    else {
      this.#lastAnswer = outcome.detail;
      const down = outcome.kind === 'refused' || this.#silent >= SILENT_PROBES;
      if (down) this.#dispatch({ type: 'probe-failed' }, outcome.detail);
    }
    if (this.state === 'starting' && Date.now() - this.#spawnedAtMs > this.spec.startDeadlineMs) {
      return this.#dispatch({ type: 'start-deadline' });
    }
    const pauseMs = this.state === 'starting' ? STARTING_PROBE_MS : RUNNING_PROBE_MS;
    if (this.state !== 'stopping') this.#later(pauseMs, () => this.#probe());
  }

  #later(delayMs: number, act: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, delayMs);
  }

  /** To the whole process group, so that a child's own children end with it. */
  #signal(name: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(name === 'SIGKILL' ? -pid : pid, name);
    } catch (error) {
      // ESRCH: gone already. EPERM: how macOS says that the group holds only what is waiting to be collected.
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code !== 'ESRCH' && code !== 'EPERM') throw error;
    }
  }
}
