import { type Clock, repeat } from '@lucid/clock';
import type { Logger } from '@lucid/logging';
import type { Driver } from './driver.ts';
import type { Pipelines } from './pipelines.ts';

export interface WorkerOptions {
  clock: Clock;
  logger: Logger;
  workers: number;
  pollMs: number;
}

/** Drives whatever is due, up to `workers` pipelines at a time, until the signal aborts and the last one has come to a rest. */
export async function runWorkers(
  pipelines: Pipelines,
  driver: Driver,
  options: WorkerOptions,
  signal: AbortSignal,
): Promise<void> {
  const { clock, logger, workers, pollMs } = options;
  const running = new Set<Promise<void>>();
  const onError = (error: unknown) => logger.error({ err: error }, 'looking for work failed');
  const round = async (): Promise<boolean> => {
    if (running.size >= workers) await Promise.race(running);
    const claimed = await pipelines.claimDue();
    if (!claimed) return false;
    const driven: Promise<void> = driver.drive(claimed).finally(() => running.delete(driven));
    running.add(driven);
    return true;
  };
  await repeat(round, { clock, pauseMs: pollMs, signal, onError });
  await Promise.all(running);
}
