import { isoTime } from '@lucid/clock';
import { type Chunk, LIMITS, pagination, type Session, type sessionApi } from '@lucid/contracts';
import { type Handlers, isAdmin, Reply, type ServiceContext, type User } from '@lucid/service';
import { applyProgress } from './adapters/apply-progress.ts';
import { assembleProof } from './adapters/assemble-proof.ts';
import type { Deps } from './adapters/connect.ts';
import { recordingBytes, storedChunkCount } from './adapters/download.ts';
import { startSession, stopSession } from './adapters/start-stop.ts';
import { verifySession } from './adapters/verify-session.ts';
import type { Settings } from './config.ts';
import { newSession, type SessionDocument, toSession } from './domain/session-document.ts';
import { mayDelete } from './domain/session-status.ts';
import { errors } from './errors.ts';

const MIB = 1024 * 1024;

/** `…-chunk-000007` → 7. */
const sequenceOf = (chunkId: string): number => Number(chunkId.slice(-6));

export const routes = (
  settings: Settings,
  deps: Deps,
  context: ServiceContext,
): Handlers<typeof sessionApi> => {
  const { sessions, clients, instruments } = deps;
  const { clock, random } = context;

  /** Somebody else's session is not found, exactly like an unknown one. */
  const own = async (sessionId: string, user: User): Promise<SessionDocument> => {
    const found = await sessions.findOwn(sessionId, isAdmin(user) ? undefined : user.id);
    if (!found) throw errors.SESSION_NOT_FOUND();
    return found;
  };

  const change = async (sessionId: string, fields: Partial<Session>): Promise<Session> => {
    const changed = await sessions.update(sessionId, { ...fields, updated_at: isoTime(clock) });
    if (!changed) throw errors.SESSION_NOT_FOUND();
    return toSession(changed);
  };

  const ownChunk = async (params: { session_id: string; chunk_id: string }, user: User): Promise<Chunk> => {
    await own(params.session_id, user);
    if (!params.chunk_id.startsWith(`${params.session_id}-`)) throw errors.CHUNK_NOT_FOUND();
    const sequence_number = sequenceOf(params.chunk_id);
    if (sequence_number === 0 || sequence_number > LIMITS.maxChunks) throw errors.CHUNK_NOT_FOUND();
    return (
      await clients.recorder.getRecordedChunk({ params: { session_id: params.session_id, sequence_number } })
    ).body;
  };

  return {
    createSession: async ({ user, body }) => {
      if ((await sessions.countOf(user.id)) >= settings.MAX_SESSIONS_PER_USER)
        throw errors.TOO_MANY_SESSIONS({ details: { limit: settings.MAX_SESSIONS_PER_USER } });
      const created = newSession(body, {
        sessionId: random.uuid(),
        userId: user.id,
        now: isoTime(clock),
        chunkSizeBytes: settings.CHUNK_SIZE_MB * MIB,
      });
      await sessions.add(created);
      instruments.sessions_created_total.inc();
      return toSession(created);
    },

    listSessions: async ({ user, query }) => {
      const { page = 1, limit = 20, status } = query;
      const found = await sessions.page(user.id, status, page, limit);
      return { sessions: found.sessions.map(toSession), pagination: pagination(page, limit, found.total) };
    },

    getSession: async ({ user, params }) => toSession(await own(params.session_id, user)),

    updateSession: async ({ user, params, body }) => {
      await own(params.session_id, user);
      return change(params.session_id, body);
    },

    deleteSession: async ({ user, params }) => {
      const { status } = await own(params.session_id, user);
      const isDeleted = mayDelete(status) && (await sessions.markDeleted(params.session_id, status, clock));
      if (!isDeleted) throw errors.WRONG_STATE({ details: { status } });
      return undefined;
    },

    startSession: async ({ user, params }) => startSession(deps, context, await own(params.session_id, user)),

    stopSession: async ({ user, params }) => stopSession(deps, context, await own(params.session_id, user)),

    listChunks: async ({ user, params, query }) => {
      const session = await own(params.session_id, user);
      if (session.status === 'created')
        return { chunks: [], total: 0, limit: query.limit ?? 100, offset: query.offset ?? 0 };
      return (await clients.recorder.listRecordedChunks({ params, query })).body;
    },

    getChunk: ({ user, params }) => ownChunk(params, user),

    downloadChunk: async ({ user, params, query, headers, signal }) => {
      const { session_id, sequence_number } = await ownChunk(params, user);
      const where = { params: { session_id, sequence_number }, signal };
      if (query.form === 'decrypted') {
        const plain = await clients.processor.readPlaintext(where);
        return Reply.bytes(200, plain.bytes, lengthOf(plain.headers));
      }
      const range = headers.range ? { headers: { range: headers.range } } : {};
      const file = await clients.storage.getChunk({ ...where, ...range });
      return Reply.bytes(file.status, file.bytes, { ...lengthOf(file.headers), ...rangeOf(file.headers) });
    },

    downloadSession: async ({ user, params, signal }) => {
      const session = await own(params.session_id, user);
      const isWhole = session.status === 'completed';
      // Of a completed session every chunk is sent or the answer breaks off: one that storage has lost is not left out.
      const count = isWhole ? session.statistics.chunks_count : await storedChunkCount(clients, session._id);
      return Reply.bytes(200, await recordingBytes(clients, session._id, count, signal), {
        'content-disposition': `attachment; filename="${session._id}.bin"`,
        ...(isWhole ? { 'content-length': session.statistics.size_bytes } : {}),
      });
    },

    getManifest: async ({ user, params }) => {
      await own(params.session_id, user);
      return (await clients.storage.getManifest({ params })).body;
    },

    getProof: async ({ user, params }) => assembleProof(deps, await own(params.session_id, user)),

    verifySession: async ({ user, params, signal }) =>
      verifySession(deps, await own(params.session_id, user), signal),

    getPipeline: async ({ user, params }) => {
      await own(params.session_id, user);
      return (await clients.pipeline.getPipeline({ params })).body;
    },

    putProgress: async ({ params, body }) => {
      const applied = await applyProgress(deps, params.session_id, body, clock);
      return { applied, version: body.version };
    },
  };
};

type UpstreamHeaders = Record<string, string | string[] | undefined>;

const pick = (headers: UpstreamHeaders, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])),
  );

const lengthOf = (headers: UpstreamHeaders) => pick(headers, ['content-length']);
const rangeOf = (headers: UpstreamHeaders) => pick(headers, ['content-range', 'accept-ranges', 'etag']);
