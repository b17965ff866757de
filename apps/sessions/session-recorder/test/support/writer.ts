import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type Clock, systemClock } from '@lucid/clock';
import { Registry } from '@lucid/metrics';
import { diskFileSystem, type FileSystem } from '../../src/adapters/file-system.ts';
import type { SealedChunk } from '../../src/adapters/registrar.ts';
import { SessionFolder } from '../../src/adapters/session-folder.ts';
import { SessionWriter, type WriterOptions } from '../../src/adapters/session-writer.ts';
import { sealedName } from '../../src/domain/chunk-name.ts';
import { planRecovery } from '../../src/domain/recovery-plan.ts';
import { metrics } from '../../src/metrics.ts';

export interface WriterRig {
  writer: SessionWriter;
  sealed: SealedChunk[];
  folder: SessionFolder;
  path: string;
}

interface RigOptions extends Partial<Omit<WriterOptions, 'folder' | 'onSealed'>> {
  fs?: FileSystem;
  clock?: Clock;
  /** Chunks that were sealed before, by the same folder. */
  sealed?: SealedChunk[];
}

/** A writer over real files, which goes on where the folder ends. */
export async function writerOver(
  path: string,
  chunkSizeBytes: number,
  given: RigOptions = {},
): Promise<WriterRig> {
  const { sealed = [], ...options } = given;
  const fs = options.fs ?? diskFileSystem;
  const folder = new SessionFolder(fs, path);
  const known = sealed.map((chunk) => ({
    sequence_number: chunk.sequence,
    plain_size: chunk.sizeBytes,
    status: 'recorded' as const,
  }));
  const plan = planRecovery(known, await folder.list());
  for (const file of plan.remove) await folder.remove(file);
  for (const { sequence, offset, sizeBytes } of plan.register)
    sealed.push({ sequence, offset, sizeBytes, hash: hashOfFile(path, sequence) });
  const writer = await SessionWriter.open({
    clock: systemClock,
    instruments: metrics.register(new Registry()),
    maxSizeBytes: 2 ** 40,
    rules: { chunkSizeBytes, maxAgeMs: 300_000, plannedEnds: [] },
    status: 'recording',
    tail: plan.tail,
    ...options,
    fs,
    folder,
    onSealed: (chunk) => sealed.push(chunk),
  });
  return { writer, sealed, folder, path };
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const hashOfFile = (path: string, sequence: number) => sha256(readFileSync(join(path, sealedName(sequence))));

/** All sealed chunks in order, each checked against its hash. */
export function contentOf({ sealed, path }: WriterRig): Buffer {
  const inOrder = [...sealed].sort((a, b) => a.sequence - b.sequence);
  return Buffer.concat(
    inOrder.map((chunk, index) => {
      const bytes = readFileSync(join(path, sealedName(chunk.sequence)));
      if (chunk.sequence !== index + 1) throw new Error(`chunk ${index + 1} is missing`);
      if (sha256(bytes) !== chunk.hash) throw new Error(`chunk ${chunk.sequence} has another hash`);
      if (bytes.length !== chunk.sizeBytes) throw new Error(`chunk ${chunk.sequence} has another size`);
      return bytes;
    }),
  );
}

/** The bytes as a stream of pieces of at most `pieceBytes`; copies, as those of a socket are: the recorder overwrites them. */
export const streamOf = (bytes: Buffer, pieceBytes = 65_536): Readable =>
  Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += pieceBytes)
        yield Buffer.from(bytes.subarray(at, at + pieceBytes));
    })(),
    { objectMode: false },
  );
