import { ChunkCodecError, decodeChunkAsync } from '@lucid/chunk-codec';
import type { Asker } from '../domain/deed.ts';
import { errors } from '../errors.ts';
import type { KeyAudit } from './key-audit.ts';
import type { SessionKeys } from './session-keys.ts';
import type { StoredFiles } from './stored-files.ts';

export interface OpenChunkDeps {
  files: StoredFiles;
  keys: SessionKeys;
  audit: KeyAudit;
}

export interface OpenRequest extends Asker {
  readonly sessionId: string;
  readonly sequenceNumber: number;
}

/**
 * A stored chunk, decrypted and decompressed; written down first, checked at every step, given out whole or not at all.
 * @throws 7150, 7151, 7152, 7153, 7154, 7160
 */
export function openChunk(deps: OpenChunkDeps, request: OpenRequest, signal: AbortSignal): Promise<Buffer> {
  const deed = { ...request, event: 'chunk_opened' } as const;
  return deps.audit.record(
    deed,
    () => open(deps, request, signal),
    (plaintext) => plaintext.fill(0),
  );
}

async function open({ files, keys }: OpenChunkDeps, request: OpenRequest, signal: AbortSignal) {
  const { sessionId, sequenceNumber } = request;
  const damaged = (problem: string, cause?: unknown) =>
    errors.CHUNK_DAMAGED({ details: { sequence_number: sequenceNumber, problem }, cause });
  const { keyId, privateKey } = await keys.open(sessionId, request);
  try {
    const stored = await files.find(sessionId, sequenceNumber);
    if (!stored) throw errors.CHUNK_NOT_STORED();
    if (stored.encryption.key_id !== keyId) throw damaged('another key');
    const file = await files.read(stored, signal);
    if (file?.hash !== stored.chunk_hash) throw damaged('chunk hash');
    return await decodeChunkAsync({
      file: file.bytes,
      sessionId,
      sequenceNumber,
      privateKey,
      compression: stored.compression.algorithm,
      plainHash: stored.plain_hash,
    });
  } catch (error) {
    if (!(error instanceof ChunkCodecError)) throw error;
    throw damaged(error.code, error);
  } finally {
    privateKey.fill(0);
  }
}
