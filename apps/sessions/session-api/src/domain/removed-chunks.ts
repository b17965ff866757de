import type { Chunk } from '@lucid/contracts';
import type { Manifest } from '@lucid/manifest';

/** What is left of the chunks of a session whose files are gone: what the manifest says of them. */
export function removedChunks(manifest: Manifest): Chunk[] {
  let plainOffset = 0;
  return manifest.chunks.flatMap((chunk): Chunk[] => {
    const { index, chunk_id, size, plain_size, chunk_hash, plain_hash } = chunk;
    const plain_offset = plainOffset;
    plainOffset += plain_size;
    if (plain_hash === undefined) return [];
    return [
      {
        ...{ chunk_id, session_id: manifest.session_id, sequence_number: index, status: 'deleted' },
        ...{ plain_offset, plain_size, plain_hash, size_bytes: size, chunk_hash },
        ...{ attempts: 0, created_at: manifest.generated_at },
      },
    ];
  });
}
