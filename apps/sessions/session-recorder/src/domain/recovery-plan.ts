import type { ChunkStatus } from '@lucid/contracts';

export interface KnownChunk {
  sequence_number: number;
  plain_size: number;
  status: ChunkStatus;
}

/** `chunk`: sealed, under its final name. `part`: still open when the recorder died. */
export interface FoundFile {
  sequence: number;
  kind: 'chunk' | 'part';
  sizeBytes: number;
}

export interface RecoveryPlan {
  /** Sealed files that have no record yet; `offset` is where they begin in the recording. */
  register: { sequence: number; offset: number; sizeBytes: number }[];
  /** Sealed files that processors still need. */
  keep: number[];
  /** Files that nobody needs: of stored chunks, and of bytes that were never acknowledged. */
  remove: FoundFile[];
  /** Sealed files behind a gap: impossible, so a person should look. */
  setAside: FoundFile[];
  /** Records whose plaintext is gone although storage does not have it. */
  lost: number[];
  /** Where recording goes on. With `sizeBytes` above 0 the part file is continued. */
  tail: { sequence: number; offset: number; sizeBytes: number };
}

const NEEDED: readonly ChunkStatus[] = ['recorded', 'processing', 'quarantined'];

/** True while somebody may still ask for the plaintext. */
export const isNeeded = (status: ChunkStatus): boolean => NEEDED.includes(status);

/**
 * What to do with a recording’s folder after a crash. A chunk is acknowledged only after all earlier ones were sealed, so
 * the first part file is the end of what was promised and anything behind it was not.
 */
export function planRecovery(known: readonly KnownChunk[], files: readonly FoundFile[]): RecoveryPlan {
  const records = new Map(known.map((chunk) => [chunk.sequence_number, chunk]));
  const sealed = new Map(files.filter((file) => file.kind === 'chunk').map((file) => [file.sequence, file]));
  const parts = new Map(files.filter((file) => file.kind === 'part').map((file) => [file.sequence, file]));
  const plan: RecoveryPlan = {
    register: [],
    keep: [],
    remove: [],
    setAside: [],
    lost: [],
    tail: { sequence: 1, offset: 0, sizeBytes: 0 },
  };

  let sequence = 1;
  let offset = 0;
  for (; ; sequence++) {
    const record = records.get(sequence);
    const file = sealed.get(sequence);
    if (!record && !file) break;
    if (record && file) isNeeded(record.status) ? plan.keep.push(sequence) : plan.remove.push(file);
    if (!record && file) plan.register.push({ sequence, offset, sizeBytes: file.sizeBytes });
    if (record && !file && isNeeded(record.status)) plan.lost.push(sequence);
    offset += record?.plain_size ?? file?.sizeBytes ?? 0;
  }
  plan.tail = { sequence, offset, sizeBytes: parts.get(sequence)?.sizeBytes ?? 0 };
  for (const part of parts.values()) if (part.sequence !== sequence) plan.remove.push(part);
  for (const file of sealed.values()) if (file.sequence > sequence) plan.setAside.push(file);
  return plan;
}
