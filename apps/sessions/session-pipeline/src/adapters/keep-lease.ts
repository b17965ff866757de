import type { Clock } from '@lucid/clock';
import type { Logger } from '@lucid/logging';
import type { PipelineDocument } from '../domain/pipeline-document.ts';
import type { Pipelines } from './pipelines.ts';

export interface LeaseKeeping {
  pipelines: Pick<Pipelines, 'renew' | 'leaseMs'>;
  clock: Clock;
  logger: Logger;
}

/** Does the work while renewing the lease: however long an upstream takes, nobody begins the same step beside us. */
export async function keepingLease<Result>(
  { pipelines, clock, logger }: LeaseKeeping,
  document: PipelineDocument,
  work: () => Promise<Result>,
): Promise<Result> {
  const done = new AbortController();
  const renewal = async () => {
    for (;;) {
      await clock.sleep(pipelines.leaseMs / 3, done.signal);
      await pipelines.renew(document).catch((error: unknown) => {
        logger.warn({ err: error, session_id: document._id }, 'the lease is not renewed this time');
      });
    }
  };
  const renewed = renewal().catch((reason: unknown) => {
    if (!done.signal.aborted) throw reason;
  });
  try {
    return await work();
  } finally {
    done.abort();
    await renewed;
  }
}
