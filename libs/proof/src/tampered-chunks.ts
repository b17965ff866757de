// Chunk files that must be refused, and the step that must refuse them.
import type { ProofFixture } from './a-proof-bundle.ts';
import type { Numbered } from './chunk-files.ts';
import type { ProofStep } from './steps.ts';

/** @param other a true proof of another session */
export function chunkTampering(
  { chunkFiles }: ProofFixture,
  other: ProofFixture,
): [what: string, step: ProofStep, files: Numbered<Buffer>][] {
  const fileOf = (n: number) => chunkFiles.get(n) ?? Buffer.alloc(0);
  const withFile = (n: number, file: Buffer) => new Map(chunkFiles).set(n, file);
  const withoutFile = (n: number) => new Map([...chunkFiles].filter(([number]) => number !== n));
  return [
    ['a flipped bit in the ciphertext', 'chunk_hashes', withFile(2, flipped(fileOf(2), 500))],
    ['a flipped bit in the encapsulated key', 'chunk_hashes', withFile(1, flipped(fileOf(1), 0))],
    ['a flipped bit in the tag', 'chunk_hashes', withFile(3, flipped(fileOf(3), fileOf(3).length - 1))],
    ['a cut chunk', 'chunk_hashes', withFile(3, fileOf(3).subarray(0, -1))],
    ['an emptied chunk', 'chunk_hashes', withFile(1, Buffer.alloc(0))],
    ['a chunk of another session', 'chunk_hashes', withFile(2, other.chunkFiles.get(2) ?? Buffer.alloc(0))],
    ['a dropped chunk', 'chunk_set', withoutFile(2)],
    ['a dropped last chunk', 'chunk_set', withoutFile(3)],
    ['no chunk at all', 'chunk_set', new Map()],
    ['an extra chunk', 'chunk_set', withFile(4, fileOf(1))],
    ['two swapped chunks', 'chunk_set', withFile(1, fileOf(2)).set(2, fileOf(1))],
    ['a replayed chunk', 'chunk_set', withFile(3, fileOf(1))],
    ['a chunk given twice', 'chunk_set', [...chunkFiles, [2, fileOf(2)]]],
  ];
}

function flipped(file: Buffer, at: number): Buffer {
  const copy = Buffer.from(file);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}
