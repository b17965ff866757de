import type { chunkProcessor } from '@lucid/contracts';
import { type Handlers, Reply, type ServiceContext } from '@lucid/service';
import type { Deps } from './adapters/connect.ts';
import { readPlaintext } from './adapters/read-plaintext.ts';

export const routes = (deps: Deps, context: ServiceContext): Handlers<typeof chunkProcessor> => {
  const { keys, pool, readers, instruments } = deps;

  return {
    processingStatus: async () => {
      const { counters } = pool;
      const isBusy = counters.busy_workers >= counters.workers;
      const isRunning = context.lifecycle.state === 'running';
      const status = isRunning ? (isBusy ? 'busy' : 'ready') : 'draining';
      return { status, ...counters } as const;
    },

    createKey: async ({ body }) => {
      const { keyId, algorithm, isNew } = await keys.create(body.session_id);
      if (isNew) instruments.session_keys_created_total.inc();
      return new Reply(isNew ? 201 : 200, { key_id: keyId, algorithm });
    },

    shredKey: async ({ params }) => {
      if (await keys.shred(params.session_id)) instruments.session_keys_destroyed_total.inc();
      return undefined;
    },

    readPlaintext: async ({ params, signal }) => {
      try {
        const { session_id, sequence_number } = params;
        const bytes = await readers.run(() => readPlaintext(deps, session_id, sequence_number, signal));
        instruments.plaintext_reads_total.inc({ outcome: 'read' });
        return Reply.bytes(200, bytes, { 'content-length': bytes.length, 'cache-control': 'no-store' });
      } catch (error) {
        instruments.plaintext_reads_total.inc({ outcome: 'refused' });
        throw error;
      }
    },
  };
};
