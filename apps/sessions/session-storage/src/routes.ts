import { isoTime } from '@lucid/clock';
import type { StoredChunk, sessionStorage } from '@lucid/contracts';
import { type Handlers, Reply, type ServiceContext } from '@lucid/service';
import { checkIntegrity } from './adapters/check-integrity.ts';
import type { OpenChunk } from './adapters/chunk-files.ts';
import type { Deps } from './adapters/deps.ts';
import { moveSession } from './adapters/move-session.ts';
import { storeChunk } from './adapters/store-chunk.ts';
import { parseRange } from './domain/byte-range.ts';
import { parseChunkMetadata } from './domain/chunk-metadata.ts';
import { errors } from './errors.ts';

interface Known {
  chunk: StoredChunk;
  file: OpenChunk;
}

interface ChunkParams {
  session_id: string;
  sequence_number: number;
}

export const routes = (deps: Deps, context: ServiceContext): Handlers<typeof sessionStorage> => {
  const known = async ({ session_id, sequence_number }: ChunkParams): Promise<Known> => {
    const chunk = await deps.chunks.find(session_id, sequence_number);
    if (!chunk) throw errors.CHUNK_NOT_FOUND({ details: { sequence_number } });
    const file = await deps.files.find(chunk);
    if (file?.sizeBytes === chunk.size_bytes) return { chunk, file };
    await file?.close();
    throw errors.CHUNK_FILE_LOST({ details: { sequence_number } });
  };
  const { clock } = context;

  return {
    putChunk: async ({ params, headers, bytes }) => {
      const metadata = parseChunkMetadata(String(headers['x-chunk-metadata']));
      const key = { ...params, chunk_hash: String(headers['x-chunk-sha256']) };
      const announced = headers['content-length'];
      const sizeBytes = announced === undefined ? undefined : Number(announced);
      const done = deps.instruments.storage_put_duration_seconds.startTimer();
      const { chunk, isNew } = await storeChunk(deps, { key, metadata, bytes, sizeBytes }, isoTime(clock));
      done();
      deps.instruments.storage_operations_total.inc({
        operation: 'put',
        outcome: isNew ? 'stored' : 'known',
      });
      return new Reply(isNew ? 201 : 200, chunk);
    },

    getChunk: async ({ params, headers }) => {
      const { chunk, file } = await known(params);
      const range = parseRange(headers.range, chunk.size_bytes);
      if (range === 'unsatisfiable') {
        await file.close();
        throw errors.RANGE_NOT_SATISFIABLE({ headers: { 'content-range': `bytes */${chunk.size_bytes}` } });
      }
      deps.instruments.storage_operations_total.inc({ operation: 'get', outcome: 'read' });
      const sizeBytes = range ? range.last - range.first + 1 : chunk.size_bytes;
      return Reply.bytes(range ? 206 : 200, file.read(range), {
        'content-length': sizeBytes,
        'accept-ranges': 'bytes',
        etag: `"${chunk.chunk_hash}"`,
        ...(range ? { 'content-range': `bytes ${range.first}-${range.last}/${chunk.size_bytes}` } : {}),
      });
    },

    headChunk: async ({ params }) => {
      const { chunk, file } = await known(params);
      await file.close();
      return new Reply(200, undefined, {
        'content-length': chunk.size_bytes,
        'accept-ranges': 'bytes',
        etag: `"${chunk.chunk_hash}"`,
      });
    },

    deleteChunk: async ({ params, query }) => {
      const { session_id, sequence_number } = params;
      const chunk = await deps.chunks.findEver(session_id, sequence_number);
      if (!chunk) throw errors.CHUNK_NOT_FOUND({ details: { sequence_number } });
      if (query.reason === 'unanchored' && (await deps.manifests.exists(session_id)))
        throw errors.CHUNK_IN_MANIFEST();
      const removal = { reason: query.reason, at: isoTime(clock) };
      deps.capacity.removed(await deps.chunks.markChunkDeleted(session_id, sequence_number, removal));
      await deps.files.remove(chunk);
      deps.instruments.storage_operations_total.inc({ operation: 'delete', outcome: query.reason });
      return undefined;
    },

    listStoredChunks: async ({ params, query }) => {
      const { after = 0, limit = 1000 } = query;
      const [chunks, total] = await Promise.all([
        deps.chunks.list(params.session_id, after, limit),
        deps.chunks.count(params.session_id),
      ]);
      return { chunks, total };
    },

    checkIntegrity: ({ params, signal }) => checkIntegrity(deps, params.session_id, signal),

    putManifest: async ({ params, body }) => {
      if (await deps.manifests.add(params.session_id, body)) return new Reply(201, body);
      const kept = await deps.manifests.find(params.session_id);
      if (kept?.manifest_hash !== body.manifest_hash) throw errors.MANIFEST_CONFLICT();
      return new Reply(200, kept);
    },

    getManifest: async ({ params }) => {
      const found = await deps.manifests.find(params.session_id);
      if (!found) throw errors.MANIFEST_NOT_FOUND();
      return found;
    },

    deleteSessionFiles: async ({ params }) => {
      deps.capacity.removed(await deps.chunks.markDeleted(params.session_id, isoTime(clock)));
      await deps.files.removeSession(params.session_id);
      return undefined;
    },

    archiveSession: ({ params, signal }) =>
      moveSession(deps, { sessionId: params.session_id, to: 'archive', clock, signal }),

    restoreSession: ({ params, signal }) =>
      moveSession(deps, { sessionId: params.session_id, to: 'active', clock, signal }),

    cleanup: ({ body, signal }) => deps.sweeper.cleanup(body.dry_run ?? false, signal),

    storageStatus: async () => {
      const { chunks, bytes, archivedChunks, archivedBytes, freeBytes, capacityBytes, level, isFull } =
        await deps.capacity.read();
      const status = context.lifecycle.state !== 'running' ? 'draining' : isFull ? 'full' : 'ready';
      return {
        status,
        chunks_total: chunks,
        used_bytes: bytes,
        free_bytes: freeBytes,
        capacity_bytes: capacityBytes,
        level,
        archived_chunks: archivedChunks,
        archived_bytes: archivedBytes,
      } as const;
    },
  };
};
