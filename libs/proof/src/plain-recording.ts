// Whether a decrypted recording is the one that was recorded: the plain sizes and hashes of the manifest, in order.
import { createHash, type Hash } from 'node:crypto';
import type { Manifest } from '@lucid/manifest';
import type { Finding } from './steps.ts';

export interface PlainReport extends Finding {
  readonly ok: boolean;
  /** SHA-256 of everything that was read. */
  readonly sha256: string;
  readonly size_bytes: number;
}

/**
 * Reads a whole recording (the plaintexts of all chunks, one after the other, in pieces of any size) against the
 * manifest. `not_checked` when the manifest carries no plain hash for some chunk. Errors of the source are thrown.
 */
export async function verifyPlainRecording(
  manifest: Manifest,
  recording: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<PlainReport> {
  const whole = createHash('sha256');
  const cutter = cutByChunk(manifest);
  let sizeBytes = 0;
  for await (const piece of recording) {
    whole.update(piece);
    sizeBytes += piece.length;
    cutter.add(piece);
  }
  const finding = manifest.chunks.every((chunk) => chunk.plain_hash !== undefined)
    ? cutter.finish()
    : ({ status: 'not_checked', detail: 'the manifest carries no plain hashes' } as const);
  return { ...finding, ok: finding.status === 'passed', sha256: whole.digest('hex'), size_bytes: sizeBytes };
}

/** Cuts a stream at the plain sizes and compares each part as it ends; remembers the first difference. */
function cutByChunk({ chunks }: Manifest) {
  let position = 0;
  let hash: Hash = createHash('sha256');
  let missingBytes = chunks[0]?.plain_size ?? 0;
  let problem: string | undefined;

  const closeFullChunks = () => {
    for (let chunk = chunks[position]; chunk && missingBytes === 0; chunk = chunks[position]) {
      if (hash.digest('hex') !== chunk.plain_hash)
        problem ??= `chunk ${chunk.index} decodes to something else`;
      position += 1;
      hash = createHash('sha256');
      missingBytes = chunks[position]?.plain_size ?? 0;
    }
  };

  return {
    add(piece: Uint8Array): void {
      for (let rest = piece; rest.length > 0; ) {
        if (position >= chunks.length) {
          problem ??= 'there are bytes after the last chunk';
          return;
        }
        const part = rest.subarray(0, missingBytes);
        hash.update(part);
        missingBytes -= part.length;
        rest = rest.subarray(part.length);
        closeFullChunks();
      }
    },
    finish(): Finding {
      closeFullChunks();
      if (position < chunks.length)
        problem ??= `it ends ${missingBytes} bytes before the end of chunk ${position + 1}`;
      return problem === undefined
        ? { status: 'passed', detail: `all ${chunks.length} chunks decode to what was recorded` }
        : { status: 'failed', detail: problem };
    },
  };
}
