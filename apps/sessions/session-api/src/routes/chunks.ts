import { Reply } from '@lucid/service';
import { archiveEntries } from '../adapters/archive-entries.ts';
import { assembleProof } from '../adapters/assemble-proof.ts';
import { recordingBytes, storedChunkCount } from '../adapters/download.ts';
import { listChunks } from '../adapters/list-chunks.ts';
import { sessionArchive } from '../adapters/session-archive.ts';
import { verifySession } from '../adapters/verify-session.ts';
import { auditCall } from '../audit-call.ts';
import { sliceOf } from '../domain/paging.ts';
import { errors } from '../errors.ts';
import type { Parts, Some } from './parts.ts';

type Names =
  | 'listChunks'
  | 'getChunk'
  | 'downloadChunk'
  | 'deleteChunk'
  | 'downloadSession'
  | 'getManifest'
  | 'getProof'
  | 'verifySession'
  | 'downloadArchive'
  | 'getStorageStatus';

const MEDIA_TYPES = {
  zip: 'application/zip',
  tar: 'application/x-tar',
  'tar.gz': 'application/gzip',
} as const;

export function chunkRoutes({ deps, access }: Parts): Some<Names> {
  const { clients } = deps;

  return {
    listChunks: async (call) => {
      const session = await access.own(call.params.session_id, call);
      const { page: _page, ...query } = call.query;
      const { skip, limit } = sliceOf(call.query, 100);
      return listChunks(clients, session, { ...query, offset: skip, limit });
    },

    getChunk: async (call) => {
      const { session, sequence } = await access.ownSequence(call.params, call);
      const sessionId = session._id;
      await auditCall(deps, call, { event: 'chunk_accessed', sessionId, part: `chunks/${sequence}` });
      if (session.purged_at) {
        const { chunks } = await listChunks(clients, session, { offset: sequence - 1, limit: 1 });
        if (!chunks[0]) throw errors.CHUNK_NOT_FOUND();
        return chunks[0];
      }
      const params = { session_id: sessionId, sequence_number: sequence };
      return (await clients.recorder.getRecordedChunk({ params })).body;
    },

    downloadChunk: async (call) => {
      const { query, headers, signal, user, requestId } = call;
      const { sequence } = await access.ownSequence(call.params, call);
      const sessionId = (await access.readable(call.params.session_id, call))._id;
      const form = query.form ?? 'encrypted';
      const part = `chunks/${sequence}`;
      await auditCall(deps, call, { event: 'chunk_downloaded', sessionId, part, details: { form } });
      const where = { params: { session_id: sessionId, sequence_number: sequence }, signal };
      if (form === 'decrypted') {
        const plain = await clients.keys.readPlaintext({ ...where, user, requestId });
        return Reply.bytes(200, plain.bytes, lengthOf(plain.headers));
      }
      const range = headers.range ? { headers: { range: headers.range } } : {};
      const file = await clients.storage.getChunk({ ...where, ...range });
      return Reply.bytes(file.status, file.bytes, { ...lengthOf(file.headers), ...rangeOf(file.headers) });
    },

    deleteChunk: async (call) => {
      const { session, sequence } = await access.ownSequence(call.params, call);
      const { status, anchoring_status } = session;
      const mayBeProven = status !== 'failed' || !NEVER_PROVEN.has(anchoring_status);
      const audited = { event: 'chunk_deleted', sessionId: session._id, part: `chunks/${sequence}` } as const;
      if (mayBeProven) {
        await auditCall(deps, call, { ...audited, result: 'refused' });
        throw errors.CHUNK_ANCHORED({ details: { status, anchoring_status } });
      }
      const params = { session_id: session._id, sequence_number: sequence };
      await clients.storage.deleteChunk({ params, query: { reason: 'unanchored' } });
      await auditCall(deps, call, audited);
      return undefined;
    },

    downloadSession: async (call) => {
      const { signal, user, requestId } = call;
      const session = await access.readable(call.params.session_id, call);
      const isWhole = session.status === 'completed';
      // Of a completed session every chunk is sent or the answer breaks off: one that storage has lost is not left out.
      const count = isWhole ? session.statistics.chunks_count : await storedChunkCount(clients, session._id);
      await auditCall(deps, call, { event: 'recording_downloaded', sessionId: session._id });
      const bytes = await recordingBytes(clients, session._id, count, { user, requestId, signal });
      return Reply.bytes(200, bytes, {
        'content-disposition': `attachment; filename="${session._id}.bin"`,
        ...(isWhole ? { 'content-length': session.statistics.size_bytes } : {}),
      });
    },

    getManifest: async (call) => {
      await access.own(call.params.session_id, call);
      return (await clients.storage.getManifest({ params: call.params })).body;
    },

    getProof: async (call) => assembleProof(deps, await access.own(call.params.session_id, call)),

    verifySession: async (call) =>
      verifySession(deps, await access.own(call.params.session_id, call), call.signal),

    downloadArchive: async (call) => {
      const { signal, query } = call;
      const session = await access.readable(call.params.session_id, call);
      const { format = 'zip' } = query;
      const { total, entries } = await archiveEntries(deps, session, signal);
      const details = { format, chunks: total };
      await auditCall(deps, call, { event: 'recording_downloaded', sessionId: session._id, details });
      const modifiedAt = new Date(session.completed_at ?? session.updated_at);
      const bytes = sessionArchive({ format, entries, modifiedAt, signal });
      return Reply.bytes(200, bytes, {
        'content-type': MEDIA_TYPES[format],
        'content-disposition': `attachment; filename="${session._id}.${format}"`,
      });
    },

    getStorageStatus: async () => (await clients.storage.storageStatus({})).body,
  };
}

const NEVER_PROVEN: ReadonlySet<string> = new Set(['none', 'failed', 'expired']);

type UpstreamHeaders = Record<string, string | string[] | undefined>;

const pick = (headers: UpstreamHeaders, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])),
  );

const lengthOf = (headers: UpstreamHeaders) => pick(headers, ['content-length']);
const rangeOf = (headers: UpstreamHeaders) => pick(headers, ['content-range', 'accept-ranges', 'etag']);
