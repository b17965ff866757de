import type { Ending } from './pump.ts';

/** Why an upload is ended from this side. */
export type Interruption = 'stop' | 'pause' | 'idle' | 'draining' | 'fenced';

export type DiskFault = 'disk_full' | 'disk_failed';

export type UploadOutcome = Ending | { kind: 'disk'; reason: DiskFault };

/** True for the refusal of bytes beyond the largest size: no fault of the disk. */
export const isSizeLimit = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'key' in error && error.key === 'SIZE_LIMIT';
