import { ChunkOrder, type PlacedChunk } from '../domain/chunk-order.ts';
import type { UploadRate } from '../domain/upload-rate.ts';
import { ChunkIntake } from './chunk-intake.ts';
import type { RecordingDocument } from './documents.ts';
import type { SessionFolder } from './session-folder.ts';
import type { SessionWriter } from './session-writer.ts';
import type { Workshop } from './workshop.ts';

interface IntakeParts {
  document: RecordingDocument;
  folder: SessionFolder;
  writer: SessionWriter;
  rate: UploadRate;
  /** The last chunk that has its place, and where it ends. */
  after: { sequence: number; offset: number };
  onKept: (sequence: number) => void;
  onPlaced: (chunk: PlacedChunk) => void;
}

/** The way client-cut chunks come into a recording. */
export function openIntake(shop: Workshop, parts: IntakeParts): ChunkIntake {
  const { document, folder, writer, rate, after, onKept, onPlaced } = parts;
  const { fs, chunks, context, settings, instruments } = shop;
  return new ChunkIntake({
    fs,
    folder,
    clock: context.clock,
    random: context.random,
    order: new ChunkOrder(settings.CHUNK_WINDOW, after),
    maxSizeBytes: document.max_size_bytes,
    rate,
    mustTake: (sequence, missing) => {
      if (writer.status === 'stopping' && missing.includes(sequence)) return; // it was under way when the stop came
      writer.mustTakeBytes();
    },
    registeredHash: async (sequence) => (await chunks.find(document._id, sequence))?.plain_hash,
    onBytes: (sizeBytes) => {
      instruments.recorder_bytes_total.inc(sizeBytes);
      writer.byteCame();
    },
    onSizeLimit: () => writer.sizeReached(),
    onKept,
    onPlaced: (chunk) => {
      instruments.recorder_chunks_sealed_total.inc();
      onPlaced(chunk);
    },
  });
}
