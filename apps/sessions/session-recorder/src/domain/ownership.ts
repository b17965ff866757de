/** Who may write a recording. */
export interface Claimed {
  owner: { instance_id: string; address: string };
  lease_expires_at_ms: number;
}

/** `mine`, `theirs` (alive), or `vacant`: the owner has let its lease expire. */
export type Standing = 'mine' | 'theirs' | 'vacant';

export function standing(recording: Claimed, instanceId: string, nowMs: number): Standing {
  if (recording.owner.instance_id === instanceId) return 'mine';
  return recording.lease_expires_at_ms > nowMs ? 'theirs' : 'vacant';
}

export interface LostWithOwner {
  durableOffset: number;
  storedOffset: number;
  leaseExpiredForMs: number;
}

/**
 * A client that asks for its offset will send again what is not stored, so its question takes over at once. A stop comes
 * when the client may be gone: it waits for the owner while acknowledged bytes are on that owner’s disk alone.
 */
export function mayTakeOver(asker: 'client' | 'stop', lost: LostWithOwner, graceMs: number): boolean {
  if (asker === 'client') return true;
  return lost.durableOffset <= lost.storedOffset || lost.leaseExpiredForMs >= graceMs;
}
