import type { ClaimedChunk } from '@lucid/contracts';
import { eventually } from '@lucid/testing';
import type { RecorderClient } from './client.ts';

/** Claims until it has so many chunks of this session; those of others do not disturb. In their order. */
export async function claimAllOf(
  one: RecorderClient,
  count: number,
  leaseMs = 30_000,
): Promise<ClaimedChunk[]> {
  const found: ClaimedChunk[] = [];
  await eventually('the chunks are claimed', async () => {
    found.push(...(await one.claim(16, leaseMs)).filter((chunk) => chunk.session_id === one.sessionId));
    return found.length >= count;
  });
  return found.sort((a, b) => a.sequence_number - b.sequence_number);
}

/** Plays a processor. @returns everything that was recorded, in order */
export async function collect(one: RecorderClient, count: number): Promise<Buffer> {
  const parts = new Map<number, Buffer>();
  await eventually('all chunks are claimed and read', async () => {
    for (const chunk of await one.claim()) {
      parts.set(chunk.sequence_number, await one.plaintext(chunk));
      await one.complete(chunk);
    }
    return parts.size === count;
  });
  return Buffer.concat([...parts].sort(([a], [b]) => a - b).map(([, bytes]) => bytes));
}
