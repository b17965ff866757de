import type { Revocation } from '@lucid/contracts';

/** Longest page; a reader that gets a full one asks again at once. */
export const REVOCATION_PAGE = 1000;
/**
 * Entries of this last stretch of time are told again with every page: one written by another replica, whose clock is late or
 * whose write was slow, may appear behind newer ones. Readers do not mind repeats.
 */
const OVERLAP_MS = 10_000;
/** A token may have been signed a moment after its session was revoked by another replica. */
const SLACK_MS = 60_000;

export interface RevocationCursor {
  revokedMs: number;
  sessionId: string;
}

export interface Revoked {
  sessionId: string;
  revokedAt: Date;
}

/** Where to read from. Nothing, or nonsense: from the oldest revocation that still matters. */
export function parseCursor(
  text: string | undefined,
  nowMs: number,
  accessLifetimeMs: number,
): RevocationCursor {
  const [, ms, sessionId = ''] = /^(\d{1,15})\.([0-9a-f-]{0,36})$/.exec(text ?? '') ?? [];
  const oldestMs = nowMs - accessLifetimeMs - SLACK_MS;
  if (ms === undefined || Number(ms) < oldestMs) return { revokedMs: oldestMs, sessionId: '' };
  return { revokedMs: Number(ms), sessionId };
}

/** @param entries what comes after the cursor, oldest first, at most `REVOCATION_PAGE` */
export function revocationPage(
  entries: readonly Revoked[],
  nowMs: number,
  accessLifetimeMs: number,
): { revocations: Revocation[]; cursor: string } {
  const last = entries.length >= REVOCATION_PAGE ? entries.at(-1) : undefined;
  return {
    revocations: entries.map(({ sessionId, revokedAt }) => ({
      session_id: sessionId,
      expires_at: new Date(+revokedAt + accessLifetimeMs + SLACK_MS).toISOString(),
    })),
    cursor: last ? `${+last.revokedAt}.${last.sessionId}` : `${nowMs - OVERLAP_MS}.`,
  };
}
