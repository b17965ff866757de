import type { Clock } from '@lucid/clock';

export type DependencyStatus = 'healthy' | 'unhealthy' | 'unknown';

export interface HealthCheck {
  name: string;
  /** Resolves when the dependency is fine, rejects when not. Read-only. */
  check: (signal: AbortSignal) => Promise<void>;
  /** An unhealthy critical dependency makes the service unready; another one only degrades it. @default true */
  critical?: boolean;
}

export interface HealthReport {
  status: 'healthy' | 'degraded' | 'unhealthy';
  dependencies: Record<string, DependencyStatus>;
}

interface Known {
  check: HealthCheck;
  status: DependencyStatus;
  lastError: string | undefined;
}

export interface HealthOptions {
  clock: Clock;
  /** @default 2000 */
  intervalMs?: number;
  /** A check that takes longer is unhealthy. @default 2000 */
  timeoutMs?: number;
  /** Told when a dependency changes state, for the log and the `dependency_up` gauge. */
  onChange?: (name: string, status: DependencyStatus, reason?: string) => void;
}

/** Asks the dependencies in the background, so that answering `/health` costs nothing and floods nobody. */
export class Health {
  readonly #options: HealthOptions;
  readonly #known = new Map<string, Known>();
  #open = false;

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  add(check: HealthCheck): void {
    this.#known.set(check.name, { check, status: 'unknown', lastError: undefined });
  }

  /** The service takes work (set after start, cleared when draining). */
  set acceptsWork(open: boolean) {
    this.#open = open;
  }

  get ready(): boolean {
    return this.#open && this.report().status !== 'unhealthy';
  }

  report(): HealthReport {
    const all = [...this.#known.values()];
    const dependencies = Object.fromEntries(all.map(({ check, status }) => [check.name, status]));
    const bad = all.filter(({ status }) => status !== 'healthy');
    const fatal = bad.some(({ check }) => check.critical ?? true);
    return { status: fatal ? 'unhealthy' : bad.length > 0 ? 'degraded' : 'healthy', dependencies };
  }

  /** One round over all dependencies at once. */
  async refresh(): Promise<void> {
    await Promise.all([...this.#known.values()].map((known) => this.#ask(known)));
  }

  /** Refreshes until the signal aborts; while something is wrong it asks five times as often. */
  async watch(signal: AbortSignal): Promise<void> {
    const { clock, intervalMs = 2000 } = this.#options;
    while (!signal.aborted) {
      await this.refresh();
      const pauseMs = this.report().status === 'healthy' ? intervalMs : intervalMs / 5;
      await clock.sleep(pauseMs, signal).catch(() => undefined); // only an abort ends the pause early
    }
  }

  async #ask(known: Known): Promise<void> {
    const { timeoutMs = 2000, onChange } = this.#options;
    const signal = AbortSignal.timeout(timeoutMs);
    const before = known.status;
    try {
      await Promise.race([known.check.check(signal), rejectOn(signal, timeoutMs)]);
      known.status = 'healthy';
      known.lastError = undefined;
    } catch (error) {
      known.status = 'unhealthy';
      known.lastError = error instanceof Error ? error.message : String(error);
    }
    if (known.status !== before) onChange?.(known.check.name, known.status, known.lastError);
  }
}

function rejectOn(signal: AbortSignal, timeoutMs: number): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`no answer within ${timeoutMs} ms`)), {
      once: true,
    });
  });
}
