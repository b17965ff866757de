import type { Session } from '@lucid/contracts';

export const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;

type Kept = Pick<Session, 'status' | 'completed_at' | 'stopped_at' | 'updated_at' | 'storage_config'>;

/** When it came to its end: it failed, where it was never completed. */
const endedAt = ({ status, completed_at, stopped_at, updated_at }: Kept): string | undefined =>
  completed_at ?? (status === 'failed' ? (stopped_at ?? updated_at) : undefined);

/** From when on key and files may be removed. @returns undefined while the session has not ended */
export function retentionUntil(document: Kept): string | undefined {
  const ended = endedAt(document);
  if (ended === undefined) return undefined;
  const days = document.storage_config?.retention_days ?? DEFAULT_DAYS;
  return new Date(Date.parse(ended) + days * DAY_MS).toISOString();
}

/** When to move the files of a session to the archive. @returns undefined for one that does not want it */
export const archiveDueMs = (
  { storage_config, completed_at }: Kept,
  afterDays: number,
): number | undefined =>
  storage_config?.archive && completed_at ? Date.parse(completed_at) + afterDays * DAY_MS : undefined;
