import type { chunkProcessor } from '@lucid/contracts';
import type { Handlers, ServiceContext } from '@lucid/service';
import type { Deps } from './adapters/deps.ts';

export const routes = ({ pool }: Deps, context: ServiceContext): Handlers<typeof chunkProcessor> => ({
  processingStatus: async () => {
    const { counters } = pool;
    const isBusy = counters.busy_workers >= counters.workers;
    const isRunning = context.lifecycle.state === 'running';
    const status = isRunning ? (isBusy ? 'busy' : 'ready') : 'draining';
    return { status, ...counters } as const;
  },
});
