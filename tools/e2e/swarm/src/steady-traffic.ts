import { systemClock } from '@lucid/clock';
import { ask, type Question } from '../../src/gateway.ts';

/** One request that did not get the answer it should have. */
export interface Failure {
  /** When it was sent and how long it took until it was known to have failed. */
  sentMs: number;
  tookMs: number;
  what: string;
}

export interface TrafficReport {
  requests: number;
  failures: Failure[];
  /** The longest time in which no request at all was answered. */
  longestGapMs: number;
  slowestMs: number;
}

/** Longest wait for an answer: a person has gone away by then. */
const PATIENCE_MS = 35_000;
const PAUSE_MS = 100;

/**
 * Small requests, a few at a time, for as long as it is told to. Nothing is sent again: every failure counts. The clients share
 * no connections with anybody else and keep asking on while others wait.
 */
export class SteadyTraffic {
  readonly #url: string;
  readonly #clients: Promise<void>[];
  #isOver = false;
  #current = fresh();

  /** @param questions each is asked by two clients of its own; an answer other than 200 is a failure */
  constructor(url: string, questions: readonly (() => Question)[]) {
    this.#url = url;
    this.#clients = questions.flatMap((question) => [this.#client(question), this.#client(question)]);
  }

  /** What was measured since the last call of this; requests under way count for the next. */
  take(): TrafficReport {
    const { requests, failures, slowestMs, longestGapMs, answeredMs } = this.#current;
    const gapMs = Math.max(longestGapMs, systemClock.monotonicMs() - answeredMs);
    this.#current = fresh();
    return { requests, failures, slowestMs: Math.round(slowestMs), longestGapMs: Math.round(gapMs) };
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
  }

  async #client(question: () => Question): Promise<void> {
    while (!this.#isOver) {
      await this.#once(question());
      await systemClock.sleep(PAUSE_MS); // the pace of the clients
    }
  }

  async #once(question: Question): Promise<void> {
    const sentMs = systemClock.monotonicMs();
    const problem = await this.#problemWith(question);
    const nowMs = systemClock.monotonicMs();
    const current = this.#current;
    current.requests += 1;
    current.slowestMs = Math.max(current.slowestMs, nowMs - sentMs);
    if (problem !== undefined) {
      const what = `${question.path}: ${problem}`;
      current.failures.push({ sentMs, tookMs: Math.round(nowMs - sentMs), what });
      return;
    }
    current.longestGapMs = Math.max(current.longestGapMs, nowMs - current.answeredMs);
    current.answeredMs = nowMs;
  }

  async #problemWith(question: Question): Promise<string | undefined> {
    try {
      const { status, text } = await ask(this.#url, {
        ...question,
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return status === 200 ? undefined : `${status} ${text.slice(0, 200)}`;
    } catch (error) {
      return `${(error as NodeJS.ErrnoException).code ?? ''} ${(error as Error).message}`.trim();
    }
  }
}

const fresh = () => ({
  requests: 0,
  failures: [] as Failure[],
  slowestMs: 0,
  longestGapMs: 0,
  answeredMs: systemClock.monotonicMs(),
});
