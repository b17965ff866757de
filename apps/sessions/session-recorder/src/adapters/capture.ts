import { spawn } from 'node:child_process';
import { PassThrough, type Readable } from 'node:stream';
import type { Clock } from '@lucid/clock';
import type { Logger } from '@lucid/logging';
import type { UploadOutcome } from './upload-outcome.ts';

export interface CaptureOptions {
  program: string;
  args: readonly string[];
  /** Its whole environment: ours has secrets. */
  environment: Record<string, string>;
  clock: Clock;
  logger: Logger;
  /** Called before each run: closes the chunk before it, so that a run begins with a chunk. @returns false to run no more */
  beforeRun: () => Promise<boolean>;
  /** Writes one run’s bytes as they come. */
  write: (bytes: Readable) => Promise<UploadOutcome>;
  onRestart: () => void;
  /** The capture cannot be brought to run. */
  onGivenUp: (reason: string) => Promise<void>;
}

/** Runs that bring nothing, one after the other, before it is given up. */
const MOST_FRUITLESS_RUNS = 5;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** What ffmpeg gets to write its last cluster, before it is killed. */
const STOP_DEADLINE_MS = 3000;
const KEPT_WORDS = 500;

/**
 * An ffmpeg that writes into a recording:
 * ```
 *             ┌──── it ended by itself (the next run begins a new segment) ────┐
 *             ▼                                                                │
 *  (new) ─▶ running ───────────────────────────────────────────────────────────┘
 *             └── stop, or five runs without a byte ──▶ ended
 * ```
 */
export class Capture {
  readonly #options: CaptureOptions;
  readonly #stopping = new AbortController();
  #ended: Promise<void> = Promise.resolve();

  constructor(options: CaptureOptions) {
    this.#options = options;
  }

  start(): void {
    this.#ended = this.#run().catch((error: unknown) => this.#options.onGivenUp(String(error)));
  }

  /** Ends ffmpeg, and resolves when its last bytes are written. Repeatable. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { clock, logger, beforeRun, onRestart, onGivenUp } = this.#options;
    const { signal } = this.#stopping;
    let fruitless = 0;
    for (let run = 0; !signal.aborted; run++) {
      if (!(await beforeRun())) return;
      if (run > 0) onRestart();
      const { isFruitful, words } = await this.#once();
      if (signal.aborted) return;
      fruitless = isFruitful ? 0 : fruitless + 1;
      logger.warn({ run, reason: words }, 'the capture ended by itself');
      if (fruitless === MOST_FRUITLESS_RUNS) return onGivenUp(`the capture does not run: ${words}`);
      const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** fruitless);
      await clock.sleep(pauseMs, signal).catch(() => undefined); // stopped meanwhile
    }
  }

  async #once(): Promise<{ isFruitful: boolean; words: string }> {
    const { program, args, environment, clock, write } = this.#options;
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
    const done = new AbortController();
    let words = '';
    const exited = new Promise<void>((resolve) => {
      child.once('error', (error) => {
        words = error.message;
        resolve();
      });
      child.once('exit', (code, signal) => {
        words ||= `it ended with ${signal ?? `code ${code}`}`;
        resolve();
      });
    });
    const end = async () => {
      child.kill('SIGINT'); // it closes its file then
      await clock.sleep(STOP_DEADLINE_MS, done.signal).then(
        () => child.kill('SIGKILL'),
        () => undefined, // it ended in time
      );
    };
    const onStop = () => void end();
    if (this.#stopping.signal.aborted) onStop();
    else this.#stopping.signal.addEventListener('abort', onStop, { once: true });
    child.stderr.on('data', (text: Buffer) => {
      words = `${words}${text}`.slice(-KEPT_WORDS).trim();
    });
    // Through a stream of its own: when ffmpeg dies what it wrote is there to the last byte, and ends as a body does.
    const bytes = child.stdout.pipe(new PassThrough());
    let isFruitful = false;
    child.stdout.once('data', () => {
      isFruitful = true;
    });
    const outcome = await write(bytes);
    if (outcome.kind !== 'ended') child.kill('SIGKILL');
    await exited;
    done.abort();
    this.#stopping.signal.removeEventListener('abort', onStop);
    return { isFruitful, words };
  }
}
