import { LIMITS } from '@lucid/contracts';

/** `…-chunk-000007` → 7. @returns undefined when the chunk cannot be of this session */
export function sequenceIn(sessionId: string, chunkId: string): number | undefined {
  if (!chunkId.startsWith(`${sessionId}-`)) return undefined;
  const sequence = Number(chunkId.slice(-6));
  return sequence >= 1 && sequence <= LIMITS.maxChunks ? sequence : undefined;
}
