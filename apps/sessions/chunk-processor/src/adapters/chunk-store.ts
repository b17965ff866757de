import {
  type ChunkMetadata,
  type ClaimedChunk,
  type Client,
  clientFor,
  type StoredChunk,
  sessionStorage,
} from '@lucid/contracts';
import { ServiceError } from '@lucid/errors';
import type { HttpClient } from '@lucid/http-client';
import { errors } from '../errors.ts';

/** An encoded chunk on its way to storage. */
export interface EncodedFile {
  file: Buffer;
  chunkHash: string;
  metadata: ChunkMetadata;
}

const PUT_TIMEOUT_MS = 30_000;

/** Session storage, as a processor uses it. */
export class ChunkStore {
  readonly #client: Client<typeof sessionStorage>;

  constructor(http: HttpClient, baseUrl: string) {
    this.#client = clientFor(sessionStorage, http, baseUrl);
  }

  /**
   * Stores the file. Encryption is randomised, so an earlier attempt at the same chunk has another hash: when storage has
   * the number already, what it has counts, if it is the same plaintext.
   * @throws 7156 when it is not
   */
  async put(
    chunk: ClaimedChunk,
    { file, chunkHash, metadata }: EncodedFile,
    signal: AbortSignal,
  ): Promise<{ stored: StoredChunk; isOurs: boolean }> {
    const { session_id, sequence_number } = chunk;
    try {
      const answer = await this.#client.putChunk({
        params: { session_id, sequence_number },
        headers: {
          'x-chunk-sha256': chunkHash,
          'x-chunk-metadata': Buffer.from(JSON.stringify(metadata)).toString('base64url'),
        },
        bytes: file,
        signal,
        timeoutMs: PUT_TIMEOUT_MS,
      });
      return { stored: answer.body, isOurs: true };
    } catch (error) {
      if (!(error instanceof ServiceError && error.status === 409)) throw error;
      const stored = await this.#find(session_id, sequence_number);
      if (!stored) throw error;
      if (stored.plain_hash !== chunk.plain_hash) throw errors.STORED_DIFFERENTLY({ cause: error });
      return { stored, isOurs: false };
    }
  }

  async #find(sessionId: string, sequenceNumber: number): Promise<StoredChunk | undefined> {
    const { body } = await this.#client.listStoredChunks({
      params: { session_id: sessionId },
      query: { after: sequenceNumber - 1, limit: 1 },
    });
    return body.chunks.find((chunk) => chunk.sequence_number === sequenceNumber);
  }
}
