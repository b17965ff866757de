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
 * `client`: asks for its offset and goes on there. `chunk`: hands in a chunk it has cut itself, and may have forgotten the
 * ones before. `stop`: ends the recording. `control`: pauses or resumes it.
 */
export type Asker = 'client' | 'chunk' | 'stop' | 'control';

/**
 * A client that asks for its offset will send again what is not stored, so its question takes over at once. Whoever else
 * comes waits for the owner while acknowledged bytes are on that owner’s disk alone; a pause is never worth losing them.
 */
export function mayTakeOver(asker: Asker, lost: LostWithOwner, graceMs: number): boolean {
  if (asker === 'client') return true;
  if (lost.durableOffset <= lost.storedOffset) return true;
  return asker !== 'control' && lost.leaseExpiredForMs >= graceMs;
}
