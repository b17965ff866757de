import type { sessionApi } from '@lucid/contracts';

export const LIMIT_GROUPS = [
  'create',
  'read',
  'update',
  'delete',
  'chunk',
  'control',
  'statistics',
  'bulk',
] as const;
export type LimitGroup = (typeof LIMIT_GROUPS)[number];

/** Which limit each endpoint for users counts against. What admins and services call has none here. */
export const LIMITED: Readonly<Partial<Record<keyof (typeof sessionApi)['endpoints'], LimitGroup>>> = {
  createSession: 'create',
  listSessions: 'read',
  getSession: 'read',
  getManifest: 'read',
  getProof: 'read',
  getPipeline: 'read',
  getPipelineStatus: 'read',
  updateSession: 'update',
  deleteSession: 'delete',
  listChunks: 'chunk',
  getChunk: 'chunk',
  downloadChunk: 'chunk',
  startSession: 'control',
  stopSession: 'control',
  pauseSession: 'control',
  resumeSession: 'control',
  pausePipeline: 'control',
  resumePipeline: 'control',
  getTotals: 'statistics',
  getStatistics: 'statistics',
  listAudit: 'statistics',
  watchSession: 'statistics',
  archiveSession: 'bulk',
  restoreSession: 'bulk',
  downloadSession: 'bulk',
  downloadArchive: 'bulk',
  verifySession: 'bulk',
};
