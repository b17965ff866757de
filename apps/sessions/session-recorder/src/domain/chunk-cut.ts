/** Where chunks of one recording end. */
export interface CutRules {
  chunkSizeBytes: number;
  maxAgeMs: number;
  /**
   * Ends (offsets in the recording) of chunks that a former owner had registered. They are cut at the same places again,
   * so that what already reached storage under these numbers is the same chunk.
   */
  plannedEnds: readonly number[];
}

/** Offset at which a chunk that begins at `startOffset` must end. */
export function chunkEnd(startOffset: number, rules: CutRules): number {
  const planned = rules.plannedEnds.find((end) => end > startOffset);
  return planned ?? startOffset + rules.chunkSizeBytes;
}

/** True when a chunk is cut because of its age; not where a former owner’s cuts are repeated. */
export function isOverdue(
  chunk: { startOffset: number; sizeBytes: number; openedAtMs: number },
  nowMs: number,
  rules: CutRules,
): boolean {
  const isPlanned = rules.plannedEnds.some((end) => end > chunk.startOffset);
  return !isPlanned && chunk.sizeBytes > 0 && nowMs - chunk.openedAtMs >= rules.maxAgeMs;
}
