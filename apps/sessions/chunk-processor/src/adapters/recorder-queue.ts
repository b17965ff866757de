import { type Received, receive } from '@lucid/chunk-codec';
import {
  type ClaimedChunk,
  type Client,
  clientFor,
  type StoredChunk,
  sessionRecorder,
} from '@lucid/contracts';
import { ServiceError } from '@lucid/errors';
import type { HttpClient } from '@lucid/http-client';
import { LeaseLost, type Verdict } from '../domain/verdict.ts';
import { errors } from '../errors.ts';

const CLAIM_TIMEOUT_MS = 10_000;
const FETCH_TIMEOUT_MS = 15_000;
const NOT_OURS = new Set([404, 409]);

/** The recorders' queue, as a processor uses it. */
export class RecorderQueue {
  readonly #client: Client<typeof sessionRecorder>;
  readonly #workerId: string;
  readonly #leaseMs: number;

  constructor(http: HttpClient, baseUrl: string, workerId: string, leaseMs: number) {
    this.#client = clientFor(sessionRecorder, http, baseUrl);
    this.#workerId = workerId;
    this.#leaseMs = leaseMs;
  }

  get leaseMs(): number {
    return this.#leaseMs;
  }

  async claim(max: number, signal: AbortSignal): Promise<{ chunks: ClaimedChunk[]; queueDepth: number }> {
    const body = { worker_id: this.#workerId, lease_ms: this.#leaseMs, max };
    const answer = await this.#client.claimChunks({ body, signal, timeoutMs: CLAIM_TIMEOUT_MS });
    return { chunks: answer.body.chunks, queueDepth: answer.body.queue_depth };
  }

  /** @throws 7155 when the bytes are not those of the record */
  async plaintext(chunk: ClaimedChunk, into: Buffer, signal: AbortSignal): Promise<Received> {
    const { session_id, sequence_number, recorder_address: address } = chunk;
    const answer = await this.#client.readPlaintext({
      params: { session_id, sequence_number },
      address,
      signal,
      timeoutMs: FETCH_TIMEOUT_MS,
    });
    const received = await receive(answer.bytes, chunk.plain_size, into);
    if (received?.hash !== chunk.plain_hash) throw errors.PLAINTEXT_DAMAGED();
    return received;
  }

  /** @throws LeaseLost */
  async renew({ chunk_id, lease_token }: ClaimedChunk): Promise<void> {
    const body = { lease_token, lease_ms: this.#leaseMs };
    await orLost(this.#client.renewChunk({ params: { chunk_id }, body, timeoutMs: this.#leaseMs / 3 }));
  }

  /** @throws LeaseLost */
  async complete({ chunk_id, lease_token }: ClaimedChunk, stored: StoredChunk): Promise<void> {
    const { chunk_hash, size_bytes, compression, encryption } = stored;
    const body = { lease_token, chunk_hash, size_bytes, compression, encryption };
    await orLost(this.#client.completeChunk({ params: { chunk_id }, body }));
  }

  /** @throws LeaseLost */
  async giveBack(
    { chunk_id, lease_token }: ClaimedChunk,
    { reason, retryable, fault }: Extract<Verdict, { kind: 'give_back' }>,
  ): Promise<void> {
    const body = { lease_token, reason, retryable, fault };
    await orLost(this.#client.failChunk({ params: { chunk_id }, body }));
  }
}

async function orLost(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ServiceError && NOT_OURS.has(error.status))
      throw new LeaseLost('the lease is gone', { cause: error });
    throw error;
  }
}
