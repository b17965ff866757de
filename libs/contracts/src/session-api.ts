import { type Static, Type } from 'typebox';
import { contract } from './endpoint.ts';
import { Count, OneOf, Pagination, Strict, Timestamp, Uuid } from './schemas.ts';
import { chunkEndpoints } from './session-api-chunks.ts';
import { reportEndpoints } from './session-api-reports.ts';
import { CreateSession, UpdateSession } from './session-configs.ts';
import { Paging } from './session-paging.ts';
import { Session, SessionProgress } from './session-record.ts';
import { SessionParams, SessionStatus } from './session-types.ts';

export const SESSION_SORTS = [
  '-created_at',
  'created_at',
  '-updated_at',
  'updated_at',
  '-name',
  'name',
  '-size_bytes',
  'size_bytes',
] as const;
export type SessionSort = (typeof SESSION_SORTS)[number];

const SessionListQuery = Strict({
  ...Paging,
  status: Type.Optional(SessionStatus),
  project: Type.Optional(Type.String({ maxLength: 100 })),
  environment: Type.Optional(Type.String({ maxLength: 50 })),
  /** One tag, or several with commas: sessions that have all of them. */
  tags: Type.Optional(Type.String({ maxLength: 520 })),
  sort: Type.Optional(OneOf(SESSION_SORTS)),
  /** Whose: for admins alone, who see everybody's otherwise. */
  user_id: Type.Optional(Uuid),
});
export type SessionListQuery = Static<typeof SessionListQuery>;

const StatusChange = Strict({ session_id: Uuid, status: SessionStatus, timestamp: Timestamp });

export const sessionApi = contract('lucid-session-api', 'Session API', {
  ...reportEndpoints,
  ...chunkEndpoints,
  createSession: {
    method: 'POST',
    path: '/api/v1/sessions',
    summary: 'Create a session; a name is enough.',
    access: 'user',
    body: CreateSession,
    replies: { 201: Session },
  },
  listSessions: {
    method: 'GET',
    path: '/api/v1/sessions',
    summary: 'Own sessions (an admin: everybody’s), newest first unless `sort` says otherwise.',
    access: 'user',
    query: SessionListQuery,
    replies: { 200: Strict({ sessions: Type.Array(Session), pagination: Pagination }) },
  },
  getSession: {
    method: 'GET',
    path: '/api/v1/sessions/:session_id',
    summary: 'One session.',
    access: 'user',
    params: SessionParams,
    replies: { 200: Session },
  },
  updateSession: {
    method: 'PUT',
    path: '/api/v1/sessions/:session_id',
    summary: 'Rename or describe a session; its configs only before it is started.',
    access: 'user',
    params: SessionParams,
    headers: Type.Object({ 'if-match': Type.Optional(Type.String({ maxLength: 100 })) }),
    body: UpdateSession,
    replies: { 200: Session },
  },
  deleteSession: {
    method: 'DELETE',
    path: '/api/v1/sessions/:session_id',
    summary: 'Delete a session: its key is shredded and its files removed; manifest and anchor stay.',
    access: 'user',
    params: SessionParams,
    replies: { 204: 'empty' },
  },
  startSession: {
    method: 'POST',
    path: '/api/v1/sessions/:session_id/start',
    summary: 'Begin recording.',
    access: 'user',
    idempotent: true,
    params: SessionParams,
    replies: { 200: StatusChange },
  },
  stopSession: {
    method: 'POST',
    path: '/api/v1/sessions/:session_id/stop',
    summary: 'End recording; processing and anchoring follow.',
    access: 'user',
    idempotent: true,
    params: SessionParams,
    replies: { 200: StatusChange },
  },
  pauseSession: {
    method: 'POST',
    path: '/api/v1/sessions/:session_id/pause',
    summary: 'Take no more bytes until it is resumed; what is there goes on to storage.',
    access: 'user',
    idempotent: true,
    params: SessionParams,
    replies: { 200: StatusChange },
  },
  resumeSession: {
    method: 'POST',
    path: '/api/v1/sessions/:session_id/resume',
    summary: 'Go on recording.',
    access: 'user',
    idempotent: true,
    params: SessionParams,
    replies: { 200: StatusChange },
  },
  archiveSession: {
    method: 'POST',
    path: '/api/v1/sessions/:session_id/archive',
    summary: 'Move the files of a completed session to the archive. Idempotent.',
    access: 'user',
    idempotent: true,
    params: SessionParams,
    replies: { 200: Session },
  },
  restoreSession: {
    method: 'POST',
    path: '/api/v1/sessions/:session_id/restore',
    summary: 'Move the files back from the archive. Idempotent.',
    access: 'user',
    idempotent: true,
    params: SessionParams,
    replies: { 200: Session },
  },
  putProgress: {
    method: 'PUT',
    path: '/api/v1/internal/sessions/:session_id/progress',
    summary: 'The pipeline reports progress.',
    access: 'service',
    params: SessionParams,
    body: SessionProgress,
    replies: { 200: Strict({ applied: Type.Boolean(), version: Count }) },
  },
});
