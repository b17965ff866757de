import { createHash } from 'node:crypto';

/**
 * A hash that stands for the owner in manifest and chain. It is different for every session, so that nobody can tell from
 * the chain which sessions belong together; whoever knows both ids can recompute it.
 * @returns 64 hex, SHA-256 of `lucid-owner|{owner_id}|{session_id}`
 */
export const ownerReference = (ownerId: string, sessionId: string): string =>
  createHash('sha256').update(`lucid-owner|${ownerId}|${sessionId}`).digest('hex');
