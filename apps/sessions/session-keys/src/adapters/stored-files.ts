import { type Received, receive } from '@lucid/chunk-codec';
import { type Client, clientFor, type StoredChunk, sessionStorage } from '@lucid/contracts';
import type { HttpClient } from '@lucid/http-client';

/** Session storage, as a reader of its files uses it. */
export class StoredFiles {
  readonly #client: Client<typeof sessionStorage>;

  constructor(http: HttpClient, baseUrl: string) {
    this.#client = clientFor(sessionStorage, http, baseUrl);
  }

  async find(sessionId: string, sequenceNumber: number): Promise<StoredChunk | undefined> {
    const { body } = await this.#client.listStoredChunks({
      params: { session_id: sessionId },
      query: { after: sequenceNumber - 1, limit: 1 },
    });
    return body.chunks.find((chunk) => chunk.sequence_number === sequenceNumber);
  }

  /** The file as storage has it now. @returns undefined when its size is not the recorded one */
  async read(stored: StoredChunk, signal: AbortSignal): Promise<Received | undefined> {
    const { session_id, sequence_number, size_bytes } = stored;
    const answer = await this.#client.getChunk({ params: { session_id, sequence_number }, signal });
    return receive(answer.bytes, size_bytes, Buffer.allocUnsafeSlow(size_bytes));
  }
}
