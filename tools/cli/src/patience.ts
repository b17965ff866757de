import { type Clock, systemClock } from '@lucid/clock';
import { ServiceError } from '@lucid/errors';
import { CliError, EXIT_CODE } from './cli-error.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;

export interface PatienceOptions {
  /** How long to go on without any progress. */
  patienceMs: number;
  onInterruption: (reason: string) => void;
  clock?: Clock;
}

/** Goes on after failures that may pass: restarts, overload, a network that blinks. Gives up when nothing moves for too long. */
export class Patience {
  readonly #options: PatienceOptions;
  readonly #clock: Clock;
  #failures = 0;
  #lastProgressMs: number;

  constructor(options: PatienceOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#lastProgressMs = this.#clock.monotonicMs();
  }

  progressed(): void {
    this.#failures = 0;
    this.#lastProgressMs = this.#clock.monotonicMs();
  }

  /** Calls until it succeeds. Only for what may be repeated. @throws what cannot be mended by waiting, and CliError 4 */
  async through<Result>(call: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        const result = await call();
        this.progressed();
        return result;
      } catch (error) {
        await this.interrupted(error);
      }
    }
  }

  /** Waits before the next attempt. @throws the error itself where waiting cannot mend it, CliError 4 when it took too long */
  async interrupted(error: unknown): Promise<void> {
    if (!isWorthRepeating(error)) throw error;
    if (isPaused(error)) this.#lastProgressMs = this.#clock.monotonicMs(); // somebody wants it so, for as long as they like
    const waitedMs = this.#clock.monotonicMs() - this.#lastProgressMs;
    if (waitedMs > this.#options.patienceMs)
      throw new CliError(
        `no progress for ${Math.round(waitedMs / 1000)} s: ${(error as Error).message}`,
        EXIT_CODE.unreachable,
      );
    this.#options.onInterruption((error as Error).message);
    await this.#clock.sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures++));
  }
}

/** The recording is paused: its bytes are taken again when it is resumed. */
const PAUSED = 7115;
/** Another offset, another request still writing, an upload that broke off, a pause: the recorder's answers to interruptions. */
const RECORDER_SAYS_AGAIN: ReadonlySet<number> = new Set([7103, 7104, 7108, 7111, 7112, PAUSED]);
export const DISK_FULL_STATUS = 507;

/** The status the platform answered with; the typed client tells every 5xx as 502 and keeps the real one in the details. */
export function answeredStatus(error: ServiceError): number {
  const told = error.details?.status;
  return error.key === 'UPSTREAM_FAILED' && typeof told === 'number' ? told : error.status;
}

const isPaused = (error: unknown): boolean => error instanceof ServiceError && error.code === PAUSED;

/** Bad requests, ended recordings and full disks are final; a token that expired is renewed by asking for the offset. */
function isWorthRepeating(error: unknown): boolean {
  if (!(error instanceof ServiceError)) return false;
  const status = answeredStatus(error);
  if (RECORDER_SAYS_AGAIN.has(error.code) || status === 401 || status === 429) return true;
  return status >= 500 && status !== DISK_FULL_STATUS;
}
