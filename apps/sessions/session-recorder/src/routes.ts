import { isoTime } from '@lucid/clock';
import { type ClaimedChunk, pagination, type sessionRecorder } from '@lucid/contracts';
import { commonErrors } from '@lucid/errors';
import { type Handlers, Reply, type ServiceContext } from '@lucid/service';
import type { Deps } from './adapters/deps.ts';
import { HeldRecording } from './adapters/held-recording.ts';
import { receiveChunk } from './adapters/receive-chunk.ts';
import { storedProgress } from './adapters/stored-progress.ts';
import { offsetHeaders, receiveUpload } from './adapters/upload.ts';
import { chunkView, recordingView } from './adapters/views.ts';
import type { Settings } from './config.ts';
import { errors } from './errors.ts';

const PROCESSOR = 'lucid-chunk-processor';

export const routes = (
  settings: Settings,
  deps: Deps,
  context: ServiceContext,
): Handlers<typeof sessionRecorder> => {
  const { recorder, recordings, chunks, queue, liveRecorders, instruments } = deps;
  const { clock, random } = context;

  const offsetsOf = async (sessionId: string, userId: string) => {
    const found = await recorder.own(sessionId, 'client', userId);
    if (found instanceof HeldRecording)
      return {
        status: found.writer.status,
        durable: found.durableOffset,
        stored: await found.record.storedOffset(),
        missing: found.missing,
      };
    const prefix = await storedProgress(recordings, chunks, found);
    return { status: found.status, durable: found.durable_offset, stored: prefix.offset, missing: [] };
  };

  const view = async (sessionId: string) => {
    const held = recorder.held(sessionId);
    return recordingView(deps, await recorder.find(sessionId), held);
  };

  /** @throws 7102 when the recording is over */
  const controlled = async (sessionId: string) => {
    const found = await recorder.own(sessionId, 'control');
    if (found instanceof HeldRecording) return found.control;
    throw errors.NOT_RECORDING({ details: { status: found.status } });
  };

  return {
    headStream: async ({ params, user }) =>
      new Reply(200, undefined, offsetHeaders(await offsetsOf(params.session_id, user.id))),

    getStream: async ({ params, user }) => {
      const offsets = await offsetsOf(params.session_id, user.id);
      const body = {
        durable_offset: offsets.durable,
        stored_offset: offsets.stored,
        status: offsets.status,
        ...(offsets.missing.length > 0 ? { missing: offsets.missing } : {}),
      };
      return new Reply(200, body, offsetHeaders(offsets));
    },

    appendStream: async ({ params, headers, bytes, user }) => {
      const offsets = await receiveUpload(deps, recorder, {
        sessionId: params.session_id,
        userId: user.id,
        offset: Number(headers['upload-offset']),
        isLast: headers['upload-complete'] === '?1',
        bytes,
      });
      return new Reply(204, undefined, offsetHeaders(offsets));
    },

    appendChunk: async ({ params, headers, bytes, user }) => {
      const { chunk, isNew } = await receiveChunk(deps, recorder, {
        sessionId: params.session_id,
        userId: user.id,
        sequence: Number(headers['x-chunk-sequence']),
        hash: String(headers['x-chunk-sha256']),
        bytes,
      });
      return new Reply(isNew ? 201 : 200, chunk);
    },

    recordingStatus: async () => {
      const active = recorder.activeRecordings;
      const isFull = active >= settings.MAX_CONCURRENT_RECORDINGS;
      const isRunning = context.lifecycle.state === 'running';
      const received = await instruments.recorder_bytes_total.get();
      return {
        status: isRunning ? (isFull ? 'busy' : 'ready') : 'draining',
        active_recordings: active,
        capacity: settings.MAX_CONCURRENT_RECORDINGS,
        bytes_received: received.values[0]?.value ?? 0,
      } as const;
    },

    startRecording: async ({ body }) => {
      const { isNew } = await recorder.start(body);
      return new Reply(isNew ? 201 : 200, await view(body.session_id));
    },

    stopRecording: async ({ params }) => {
      const found = await recorder.own(params.session_id, 'stop');
      if (found instanceof HeldRecording) await found.control.stop('requested');
      return view(params.session_id);
    },

    pauseRecording: async ({ params }) => {
      await (await controlled(params.session_id)).pause();
      return view(params.session_id);
    },

    resumeRecording: async ({ params }) => {
      await (await controlled(params.session_id)).resume();
      return view(params.session_id);
    },

    listRecordings: async ({ query }) => {
      const { page = 1, limit = 20, status } = query;
      const found = await recordings.list({ limit, skip: (page - 1) * limit, status });
      const shown = found.recordings.map((each) => recordingView(deps, each, recorder.held(each._id)));
      return { recordings: await Promise.all(shown), pagination: pagination(page, limit, found.total) };
    },

    listQuarantine: async ({ query }) => {
      const { page = 1, limit = 20 } = query;
      const found = await chunks.quarantined({ limit, skip: (page - 1) * limit });
      return { chunks: found.chunks.map(chunkView), pagination: pagination(page, limit, found.total) };
    },

    retryChunk: async ({ params }) => {
      const { session_id, sequence_number } = params;
      const held = await recorder.withPlaintext(session_id);
      const chunk = await chunks.retry(session_id, sequence_number, clock.nowMs());
      if (chunk) {
        held.requeued(sequence_number);
        instruments.chunks_retried_total.inc();
        context.logger.info({ chunk_id: chunk._id }, 'quarantined chunk put back into the queue');
        return chunkView(chunk);
      }
      const known = await chunks.find(session_id, sequence_number);
      if (!known) throw errors.CHUNK_NOT_FOUND();
      throw errors.NOT_QUARANTINED({ details: { status: known.status } });
    },

    getRecording: ({ params }) => view(params.session_id),

    deleteRecording: async ({ params }) => {
      await recorder.remove(params.session_id);
      return undefined;
    },

    listRecordedChunks: async ({ params, query }) => {
      const { limit = 100, offset = 0, status, start_time: from, end_time: until } = query;
      const page = await chunks.list(params.session_id, { limit, offset, status, from, until });
      return { chunks: page.chunks.map(chunkView), total: page.total, limit, offset };
    },

    getRecordedChunk: async ({ params }) => {
      const chunk = await chunks.find(params.session_id, params.sequence_number);
      if (!chunk) throw errors.CHUNK_NOT_FOUND();
      return chunkView(chunk);
    },

    readPlaintext: async ({ params, caller }) => {
      if (caller.service !== PROCESSOR) throw commonErrors.NOT_PERMITTED();
      const held = recorder.held(params.session_id);
      const file = await held?.folder.read(params.sequence_number);
      if (file) {
        const { bytes, sizeBytes } = file;
        return Reply.bytes(200, bytes, { 'content-length': sizeBytes }).onceSent(() => bytes.wipe());
      }
      if (!held) recorder.refuseUnlessVacant(await recorder.find(params.session_id));
      throw errors.CHUNK_NOT_FOUND();
    },

    claimChunks: async ({ body }) => {
      const claimed: ClaimedChunk[] = [];
      const request = {
        workerId: body.worker_id,
        leaseMs: body.lease_ms,
        liveRecorders: await liveRecorders.addresses(),
      };
      while (claimed.length < body.max) {
        const chunk = await queue.claim({ ...request, nowMs: clock.nowMs(), leaseToken: random.uuid() });
        if (!chunk) break;
        claimed.push(chunk);
      }
      instruments.chunks_claimed_total.inc(claimed.length);
      const depth = await queue.depth();
      instruments.chunk_queue_depth.set(depth);
      return { chunks: claimed, queue_depth: depth };
    },

    renewChunk: async ({ params, body }) => {
      await queue.renew(params.chunk_id, body.lease_token, clock.nowMs() + body.lease_ms);
      return undefined;
    },

    completeChunk: async ({ params, body }) => {
      const { chunk, isNew } = await queue.complete(params.chunk_id, body, isoTime(clock));
      if (isNew) {
        instruments.chunks_completed_total.inc();
        await recorder.held(chunk.session_id)?.dropPlaintext(chunk.sequence_number);
      }
      return undefined;
    },

    failChunk: async ({ params, body }) => {
      const fault = body.fault ?? 'data';
      const became = await queue.fail(params.chunk_id, {
        leaseToken: body.lease_token,
        reason: body.reason,
        retryable: body.retryable,
        fault,
        nowMs: clock.nowMs(),
      });
      instruments.chunks_failed_total.inc({ fault });
      if (became === 'quarantined') {
        instruments.chunks_quarantined_total.inc();
        context.logger.error({ chunk_id: params.chunk_id, reason: body.reason }, 'chunk quarantined');
      }
      return undefined;
    },
  };
};
