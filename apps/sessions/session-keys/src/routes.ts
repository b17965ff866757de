import type { sessionKeys } from '@lucid/contracts';
import { commonErrors } from '@lucid/errors';
import { type Call, type Handlers, Reply, type ServiceContext } from '@lucid/service';
import type { Deps } from './adapters/deps.ts';
import { openChunk } from './adapters/open-chunk.ts';
import type { Asker } from './domain/deed.ts';

const PIPELINE = 'lucid-session-pipeline';
const SESSION_API = 'lucid-session-api';

type ServiceCall = Pick<
  Call<(typeof sessionKeys)['endpoints']['createKey']>,
  'caller' | 'user' | 'requestId'
>;

/** Keys are made and destroyed for the pipeline, opened and accounted for to session-api; nobody may do both. */
function askerFrom({ caller, user, requestId }: ServiceCall, only: string): Asker {
  if (caller.service !== only) throw commonErrors.NOT_PERMITTED();
  return { caller: caller.service, userId: user?.id, requestId };
}

export const routes = (deps: Deps, context: ServiceContext): Handlers<typeof sessionKeys> => {
  const { keys, audit, readers, instruments } = deps;

  return {
    keysStatus: async () => {
      const [created, destroyed, rewrapped, reads] = await Promise.all([
        instruments.session_keys_created_total.get(),
        instruments.session_keys_destroyed_total.get(),
        instruments.session_keys_rewrapped_total.get(),
        instruments.plaintext_reads_total.get(),
      ]);
      const readsThat = (outcome: string) =>
        reads.values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;
      return {
        status: context.lifecycle.state === 'running' ? 'ready' : 'draining',
        keys_created_total: created.values[0]?.value ?? 0,
        keys_destroyed_total: destroyed.values[0]?.value ?? 0,
        keys_rewrapped_total: rewrapped.values[0]?.value ?? 0,
        chunks_opened_total: readsThat('read'),
        chunks_refused_total: readsThat('refused'),
      } as const;
    },

    createKey: async (call) => {
      const { key, isNew } = await keys.create(call.body.session_id, askerFrom(call, PIPELINE));
      return new Reply(isNew ? 201 : 200, key);
    },

    shredKey: async (call) => {
      await keys.shred(call.params.session_id, askerFrom(call, PIPELINE));
      return undefined;
    },

    listKeyAudit: (call) => {
      askerFrom(call, SESSION_API);
      return audit.list(call.params.session_id, call.query);
    },

    readPlaintext: async (call) => {
      const asker = askerFrom(call, SESSION_API);
      const { session_id: sessionId, sequence_number: sequenceNumber } = call.params;
      const done = instruments.chunk_open_duration_seconds.startTimer();
      try {
        const bytes = await readers.run(() =>
          openChunk(deps, { ...asker, sessionId, sequenceNumber }, call.signal),
        );
        done();
        instruments.plaintext_reads_total.inc({ outcome: 'read' });
        const headers = { 'content-length': bytes.length, 'cache-control': 'no-store' };
        return Reply.bytes(200, bytes, headers).onceSent(() => bytes.fill(0));
      } catch (error) {
        instruments.plaintext_reads_total.inc({ outcome: 'refused' });
        throw error;
      }
    },
  };
};
