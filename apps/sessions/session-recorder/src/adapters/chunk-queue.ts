import type { BodyOf, ClaimedChunk, sessionRecorder } from '@lucid/contracts';
import type { Collection } from 'mongodb';
import { afterFailure, type FailureFault } from '../domain/chunk-state.ts';
import { errors } from '../errors.ts';
import type { ChunkDocument } from './documents.ts';

type Completion = BodyOf<(typeof sessionRecorder)['endpoints']['completeChunk']>;

/** Who claims, for how long. */
export interface ClaimRequest {
  workerId: string;
  leaseMs: number;
  nowMs: number;
  leaseToken: string;
  /** Address by instance id; plaintext of any other recorder cannot be fetched now. */
  liveRecorders: ReadonlyMap<string, string>;
}

export interface GivenBack {
  leaseToken: string;
  reason: string;
  retryable: boolean;
  fault: FailureFault;
  nowMs: number;
}

const LEASE_FIELDS = { claimable_at_ms: '', lease_token: '', worker_id: '' } as const;

/**
 * The queue between recorders and processors: the `chunks` records themselves. `claimable_at_ms` is when a recorded chunk
 * may be taken and, while one is being worked on, when its lease ends; so the oldest claim is one indexed query, and a
 * chunk whose processor died comes back by itself.
 */
export class ChunkQueue {
  readonly #collection: Collection<ChunkDocument>;
  readonly #maxAttempts: number;

  constructor(collection: Collection<ChunkDocument>, maxAttempts: number) {
    this.#collection = collection;
    this.#maxAttempts = maxAttempts;
  }

  depth(): Promise<number> {
    return this.#collection.countDocuments({ status: { $in: ['recorded', 'processing'] } });
  }

  async claim(request: ClaimRequest): Promise<ClaimedChunk | null> {
    const { nowMs, liveRecorders, leaseToken } = request;
    const chunk = await this.#collection.findOneAndUpdate(
      { claimable_at_ms: { $lte: nowMs }, recorder_id: { $in: [...liveRecorders.keys()] } },
      {
        $set: {
          status: 'processing',
          lease_token: leaseToken,
          worker_id: request.workerId,
          claimable_at_ms: nowMs + request.leaseMs,
        },
      },
      { sort: { claimable_at_ms: 1 }, returnDocument: 'after' },
    );
    if (!chunk) return null;
    return {
      chunk_id: chunk._id,
      session_id: chunk.session_id,
      sequence_number: chunk.sequence_number,
      plain_size: chunk.plain_size,
      plain_hash: chunk.plain_hash,
      compression_enabled: chunk.compression_enabled,
      sealing_key: chunk.sealing_key,
      recorder_address: liveRecorders.get(chunk.recorder_id) ?? '',
      lease_token: leaseToken,
      attempts: chunk.attempts,
    };
  }

  /** @throws 7121 when the lease is gone */
  async renew(chunkId: string, leaseToken: string, untilMs: number): Promise<void> {
    const { matchedCount } = await this.#collection.updateOne(this.#leased(chunkId, leaseToken), {
      $set: { claimable_at_ms: untilMs },
    });
    if (matchedCount === 0) throw errors.LEASE_LOST();
  }

  /**
   * Idempotent on the hash.
   * @returns the chunk, and whether this call completed it
   * @throws 7120, 7121 when the lease is gone, 7122 when it is complete with another hash
   */
  async complete(
    chunkId: string,
    { lease_token, ...stored }: Completion,
    storedAt: string,
  ): Promise<{ chunk: ChunkDocument; isNew: boolean }> {
    const done = await this.#collection.findOneAndUpdate(
      this.#leased(chunkId, lease_token),
      { $set: { ...stored, status: 'stored', stored_at: storedAt }, $unset: { ...LEASE_FIELDS, error: '' } },
      { returnDocument: 'after' },
    );
    if (done) return { chunk: done, isNew: true };
    const known = await this.#known(chunkId);
    if (known.status !== 'stored') throw errors.LEASE_LOST();
    if (known.chunk_hash !== stored.chunk_hash) throw errors.CHUNK_CONFLICT();
    return { chunk: known, isNew: false };
  }

  /** @throws 7120, 7121 when the lease is gone */
  async fail(chunkId: string, given: GivenBack): Promise<'recorded' | 'quarantined'> {
    const known = await this.#known(chunkId);
    const next = afterFailure(
      { ...known, retryable: given.retryable, fault: given.fault },
      this.#maxAttempts,
    );
    const { status, attempts, deferrals } = next;
    const isOver = status === 'quarantined';
    const { matchedCount } = await this.#collection.updateOne(this.#leased(chunkId, given.leaseToken), {
      $set: {
        status,
        attempts,
        deferrals,
        error: given.reason,
        ...(isOver ? {} : { claimable_at_ms: given.nowMs + next.pauseMs }),
      },
      $unset: isOver ? LEASE_FIELDS : { lease_token: '', worker_id: '' },
    });
    if (matchedCount === 0) throw errors.LEASE_LOST();
    return status;
  }

  async #known(chunkId: string): Promise<ChunkDocument> {
    const known = await this.#collection.findOne({ _id: chunkId });
    if (!known) throw errors.CHUNK_NOT_FOUND();
    return known;
  }

  #leased(chunkId: string, leaseToken: string) {
    return { _id: chunkId, lease_token: leaseToken, status: 'processing' as const };
  }
}
