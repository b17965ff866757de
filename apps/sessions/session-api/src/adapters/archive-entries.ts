import { Readable } from 'node:stream';
import { ServiceError } from '@lucid/errors';
import { chunkFileName } from '../domain/archive-names.ts';
import type { SessionDocument } from '../domain/session-document.ts';
import { assembleProof } from './assemble-proof.ts';
import type { Deps } from './deps.ts';
import { storedChunkCount } from './download.ts';
import type { ArchiveEntry } from './session-archive.ts';

const PAGE = 1000;

type Needed = Pick<Deps, 'clients'>;

/**
 * The files of an archive: manifest and proof first, as far as there are any, then every stored chunk in order.
 * @throws NOTHING_STORED; what is missing later breaks the archive off
 */
export async function archiveEntries(
  deps: Needed,
  session: SessionDocument,
  signal: AbortSignal,
): Promise<{ total: number; entries: AsyncIterable<ArchiveEntry> }> {
  const total = await storedChunkCount(deps.clients, session._id);
  const documents = await signedDocuments(deps, session);
  return { total, entries: inOrder(deps, session._id, documents, signal) };
}

async function signedDocuments(deps: Needed, session: SessionDocument): Promise<ArchiveEntry[]> {
  const params = { session_id: session._id };
  const [manifest, proof] = await Promise.all([
    unlessThereIsNone(async () => (await deps.clients.storage.getManifest({ params })).body),
    unlessThereIsNone(() => assembleProof(deps, session)),
  ]);
  return [
    ...(manifest ? [jsonEntry('manifest.json', manifest)] : []),
    ...(proof ? [jsonEntry('proof.json', proof)] : []),
  ];
}

/** Not signed and not anchored yet is no reason to withhold the chunks. */
async function unlessThereIsNone<Found>(look: () => Promise<Found>): Promise<Found | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof ServiceError && (error.status === 404 || error.status === 409)) return undefined;
    throw error;
  }
}

function jsonEntry(name: string, document: object): ArchiveEntry {
  const bytes = Buffer.from(JSON.stringify(document, null, 2));
  return { name, sizeBytes: bytes.length, open: async () => Readable.from([bytes]) };
}

async function* inOrder(
  { clients }: Needed,
  session_id: string,
  documents: readonly ArchiveEntry[],
  signal: AbortSignal,
): AsyncGenerator<ArchiveEntry> {
  yield* documents;
  let after = 0;
  for (;;) {
    const query = { limit: PAGE, after };
    const { chunks } = (await clients.storage.listStoredChunks({ params: { session_id }, query, signal }))
      .body;
    for (const { sequence_number, size_bytes } of chunks) {
      after = sequence_number;
      const params = { session_id, sequence_number };
      const open = async () => (await clients.storage.getChunk({ params, signal })).bytes;
      yield { name: chunkFileName(sequence_number), sizeBytes: size_bytes, open };
    }
    if (chunks.length < PAGE) return;
  }
}
