import type { ChunkStatus } from '@lucid/contracts';
import { type FoundFile, isNeeded, type RecoveryPlan } from './recovery-plan.ts';

export interface KnownClientChunk {
  sequence_number: number;
  plain_size: number;
  plain_hash: string;
  status: ChunkStatus;
}

/** What was found of a recording whose chunks the client has cut. */
export interface GapPlan extends Pick<RecoveryPlan, 'keep' | 'remove' | 'lost'> {
  /** The last chunk that has its place, and where it ends. */
  placed: { sequence: number; offset: number };
  /** Records beyond a gap: their places follow when the gap is filled. */
  beyond: KnownClientChunk[];
  /** Files without a record; some may have their places already. */
  unregistered: FoundFile[];
}

/**
 * What to do with the folder of client-cut chunks after a crash. A file under its final name was acknowledged or is whole
 * all the same, so each is kept, whatever is missing before it.
 */
export function planWithGaps(known: readonly KnownClientChunk[], files: readonly FoundFile[]): GapPlan {
  const records = new Map(known.map((chunk) => [chunk.sequence_number, chunk]));
  const sealed = new Map(files.filter(({ kind }) => kind === 'chunk').map((file) => [file.sequence, file]));
  const plan: GapPlan = {
    keep: [],
    remove: files.filter(({ kind }) => kind === 'part'),
    lost: [],
    placed: { sequence: 0, offset: 0 },
    beyond: [],
    unregistered: [...sealed.values()].filter(({ sequence }) => !records.has(sequence)),
  };
  for (const record of [...known].sort((a, b) => a.sequence_number - b.sequence_number)) {
    const sequence = record.sequence_number;
    const file = sealed.get(sequence);
    if (file) isNeeded(record.status) ? plan.keep.push(sequence) : plan.remove.push(file);
    else if (isNeeded(record.status)) plan.lost.push(sequence);
    if (sequence === plan.placed.sequence + 1)
      plan.placed = { sequence, offset: plan.placed.offset + record.plain_size };
    else plan.beyond.push(record);
  }
  plan.unregistered.sort((a, b) => a.sequence - b.sequence);
  return plan;
}
