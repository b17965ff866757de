import { defineCollection } from '@lucid/mongo';
import {
  type CheckpointDocument,
  type CheckpointRequest,
  isUnsigned,
  newCheckpoint,
  newSeal,
} from '../domain/checkpoint-document.ts';
import { errors } from '../errors.ts';
import { Deliveries } from './deliveries.ts';

export const checkpointsDefinition = defineCollection<CheckpointDocument>('session_checkpoints', [
  { key: { session_id: 1, sequence: 1 }, unique: true },
  { key: { due_at_ms: 1 } },
  { key: { gathering: 1 } },
  { key: { status: 1 } },
]);

/** Writers that meet at one number: each time somebody is given up, somebody else has got through. */
const MOST_TRIES = 20;

const IS_CHECKPOINT = { seal: { $exists: false } };

const UNSIGNED = {
  transaction: { $exists: false },
  attempts: 0,
  lease: null,
  ...IS_CHECKPOINT,
};

/**
 * The checkpoints of all sessions. The unique (session_id, sequence) decides who gets a number; a seal that takes the
 * number after the last one ends the row, whoever else is about to write.
 */
export class Checkpoints extends Deliveries<CheckpointDocument> {
  /** The newest of a session, the seal included. */
  last(sessionId: string): Promise<CheckpointDocument | null> {
    return this.collection.findOne({ session_id: sessionId }, { sort: { sequence: -1 } });
  }

  /**
   * Puts what is asked at the end of the row, or in the place of one that was not signed yet: only the newest matters. The
   * first one stays: that the recording was begun is evidence of its own.
   * What is there already, or is older than what is there, changes nothing.
   * @returns what stands for the request, and whether that is new
   * @throws 6405 when another root was told for as many chunks, 6406 when the row is sealed
   */
  async put(
    request: CheckpointRequest,
    gatherMs: number,
  ): Promise<{ checkpoint: CheckpointDocument; isNew: boolean }> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const last = await this.last(request.session_id);
      const known = await this.#known(request, last);
      if (known) {
        await this.revive(known._id);
        return { checkpoint: (await this.find(known._id)) ?? known, isNew: false };
      }
      const put =
        last && last.sequence > 1 && isUnsigned(last)
          ? await this.#replace(last, request)
          : await this.#append(request, (last?.sequence ?? 0) + 1, gatherMs);
      if (!put) continue;
      if (last) await this.revive(last._id); // nothing comes after one that was given up
      return { checkpoint: put, isNew: true };
    }
    throw errors.CHECKPOINTS_BUSY({ headers: { 'retry-after': '1' } });
  }

  async #known(
    request: CheckpointRequest,
    last: CheckpointDocument | null,
  ): Promise<CheckpointDocument | undefined> {
    if (!last) return undefined;
    if (last.seal) throw errors.CHECKPOINTS_SEALED();
    if (last.user_id !== request.user_id || last.owner_ref !== request.owner_ref)
      throw errors.CHECKPOINT_CONFLICT({ details: { differing: ['owner'] } });
    if (request.chunk_count > last.chunk_count) return undefined;
    const { session_id, chunk_count, merkle_root } = request;
    const same = await this.collection.findOne({ session_id, chunk_count, ...IS_CHECKPOINT });
    if (same && same.merkle_root !== merkle_root)
      throw errors.CHECKPOINT_CONFLICT({ details: { differing: ['merkle_root'], chunk_count } });
    return same ?? last;
  }

  async #append(
    request: CheckpointRequest,
    sequence: number,
    gatherMs: number,
  ): Promise<CheckpointDocument | undefined> {
    const nowMs = this.settings.clock.nowMs();
    const document = newCheckpoint(request, sequence, { nowMs, gatherMs });
    return (await this.add(document)) ? document : undefined;
  }

  #replace(last: CheckpointDocument, request: CheckpointRequest): Promise<CheckpointDocument | null> {
    const { chunk_count, merkle_root, total_size, recorded_at } = request;
    return this.collection.findOneAndUpdate(
      { _id: last._id, ...UNSIGNED, chunk_count: last.chunk_count },
      { $set: { chunk_count, merkle_root, total_size, recorded_at } },
      { returnDocument: 'after' },
    );
  }

  /**
   * Ends the row: nothing comes after it. One that was not signed yet gives its number up, since the anchor says more.
   * @returns the number of checkpoints, the same however often it is asked
   */
  async seal(sessionId: string): Promise<number> {
    const nowMs = this.settings.clock.nowMs();
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const last = await this.last(sessionId);
      if (last?.seal) return last.sequence - 1;
      const sequence = (last?.sequence ?? 0) + 1;
      if (last && isUnsigned(last)) {
        const { _id, ...seal } = newSeal(sessionId, last.sequence, nowMs);
        const replaced = await this.collection.findOneAndReplace({ _id: last._id, ...UNSIGNED }, seal);
        if (replaced) return last.sequence - 1;
      } else if (await this.add(newSeal(sessionId, sequence, nowMs))) {
        if (last) await this.revive(last._id);
        return sequence - 1;
      }
    }
    throw errors.CHECKPOINTS_BUSY({ headers: { 'retry-after': '1' } });
  }

  /** In order, from the one after `after`. */
  list(sessionId: string, after: number, limit: number): Promise<CheckpointDocument[]> {
    return this.collection
      .find({ session_id: sessionId, sequence: { $gt: after }, ...IS_CHECKPOINT })
      .sort({ sequence: 1 })
      .limit(limit)
      .toArray();
  }

  total(sessionId: string, which: object = {}): Promise<number> {
    return this.countOf({ session_id: sessionId, ...which, ...IS_CHECKPOINT });
  }

  async counts(): Promise<{ pending: number; processing: number; confirmed: number }> {
    const of = (status: string) => this.countOf({ status, ...IS_CHECKPOINT });
    const [pending, processing, confirmed] = await Promise.all([
      of('pending'),
      of('processing'),
      of('confirmed'),
    ]);
    return { pending, processing, confirmed };
  }
}
