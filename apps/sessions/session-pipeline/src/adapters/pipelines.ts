import type { Clock, Random } from '@lucid/clock';
import { isoTime } from '@lucid/clock';
import { PIPELINE_STAGES } from '@lucid/contracts';
import { addNew, defineCollection } from '@lucid/mongo';
import type { Collection, Filter, UpdateFilter } from 'mongodb';
import type { PipelineDocument } from '../domain/pipeline-document.ts';
import type { PipelineState } from '../domain/pipeline-state.ts';
import { currentStage } from '../domain/stages.ts';

export const pipelinesDefinition = defineCollection<PipelineDocument>('pipelines', [
  { key: { due_at_ms: 1 } },
  { key: { state: 1 } },
]);

const CALLER_FIRST_MS = 250;

/** New values; `undefined` takes the field away. */
export type Change = {
  [Name in keyof Omit<PipelineDocument, '_id'>]?: PipelineDocument[Name] | undefined;
};

/** The part of an update that says what is new and what goes. */
function updateOf(change: Change, also: Record<string, unknown>): UpdateFilter<PipelineDocument> {
  const entries = Object.entries(change);
  const gone = entries.filter(([, value]) => value === undefined).map(([name]) => [name, '']);
  return {
    $set: { ...Object.fromEntries(entries.filter(([, value]) => value !== undefined)), ...also },
    ...(gone.length > 0 ? { $unset: Object.fromEntries(gone) } : {}),
  } as UpdateFilter<PipelineDocument>;
}

const WORKING: readonly PipelineState[] = ['starting', 'active', 'pausing', 'paused', 'stopping', 'cleanup'];

interface Settings {
  clock: Clock;
  random: Random;
  leaseMs: number;
}

/**
 * Pipelines and who works on them. A lease is a token with an expiry: whoever holds the newest token may save, so an
 * instance that lost its lease cannot overwrite what another has done since.
 */
export class Pipelines {
  readonly #collection: Collection<PipelineDocument>;
  readonly #settings: Settings;

  constructor(collection: Collection<PipelineDocument>, settings: Settings) {
    this.#collection = collection;
    this.#settings = settings;
  }

  get leaseMs(): number {
    return this.#settings.leaseMs;
  }

  find(sessionId: string): Promise<PipelineDocument | null> {
    return this.#collection.findOne({ _id: sessionId });
  }

  /** Inserts unless it exists; @returns what is kept, and whether that is new */
  async ensure(document: PipelineDocument): Promise<{ kept: PipelineDocument; isNew: boolean }> {
    if (await addNew(this.#collection, document)) return { kept: document, isNew: true };
    return { kept: (await this.find(document._id)) ?? document, isNew: false };
  }

  /**
   * Changes the state when it is one of `from`, and makes the pipeline due. The caller is about to drive it itself, so the
   * workers leave it alone for a moment: else a worker takes it, and the caller answers before anything is done.
   * @returns null when the state was not one of `from`
   */
  changeState(
    sessionId: string,
    from: readonly PipelineState[],
    change: Change,
  ): Promise<PipelineDocument | null> {
    const { clock } = this.#settings;
    return this.#collection.findOneAndUpdate(
      { _id: sessionId, state: { $in: [...from] } },
      {
        ...updateOf(change, { due_at_ms: clock.nowMs() + CALLER_FIRST_MS, updated_at: isoTime(clock) }),
        $inc: { version: 1 },
      },
      { returnDocument: 'after' },
    );
  }

  /** Takes the pipeline that has waited longest. */
  claimDue(): Promise<PipelineDocument | null> {
    const nowMs = this.#settings.clock.nowMs();
    return this.#claim({ due_at_ms: { $lte: nowMs } });
  }

  /** Takes one pipeline, unless somebody works on it. */
  claim(sessionId: string): Promise<PipelineDocument | null> {
    return this.#claim({ _id: sessionId });
  }

  #claim(which: Filter<PipelineDocument>): Promise<PipelineDocument | null> {
    const { clock, random, leaseMs } = this.#settings;
    const nowMs = clock.nowMs();
    const lease = { token: random.uuid(), expires_at_ms: nowMs + leaseMs };
    return this.#collection.findOneAndUpdate(
      { ...which, $or: [{ lease: null }, { 'lease.expires_at_ms': { $lt: nowMs } }] },
      { $set: { lease } },
      { sort: { due_at_ms: 1 }, returnDocument: 'after' },
    );
  }

  /**
   * Saves a step under the lease and renews it, if nobody changed the state meanwhile.
   * @param isProgress worth telling session-api: counts the version up
   * @returns null when the lease or the state was lost; the step's change is then dropped
   */
  save(held: PipelineDocument, change: Change, isProgress: boolean): Promise<PipelineDocument | null> {
    const { clock, leaseMs } = this.#settings;
    const update: UpdateFilter<PipelineDocument> = {
      ...updateOf(change, {
        updated_at: isoTime(clock),
        'lease.expires_at_ms': clock.nowMs() + leaseMs,
      }),
      ...(isProgress ? { $inc: { version: 1 } } : {}),
    };
    return this.#collection.findOneAndUpdate(this.#held(held), update, { returnDocument: 'after' });
  }

  /** Keeps the lease, also when the state has changed: whoever works may finish the step. */
  async renew({ _id, lease }: PipelineDocument): Promise<void> {
    const { clock, leaseMs } = this.#settings;
    await this.#collection.updateOne(
      { _id, 'lease.token': lease?.token ?? '' },
      { $set: { 'lease.expires_at_ms': clock.nowMs() + leaseMs } },
    );
  }

  /** Gives the lease back. @param dueAtMs when to look again; null for never */
  async release(held: PipelineDocument, dueAtMs: number | null): Promise<void> {
    const released = await this.#collection.updateOne(this.#held(held), {
      $set: { lease: null, due_at_ms: dueAtMs },
    });
    if (released.matchedCount > 0) return;
    // The state changed under us (a stop, say): whoever changed it made it due; only the lease is ours to give back.
    await this.#collection.updateOne(
      { _id: held._id, 'lease.token': held.lease?.token ?? '' },
      { $set: { lease: null } },
    );
  }

  #held(held: PipelineDocument): Filter<PipelineDocument> {
    return { _id: held._id, state: held.state, 'lease.token': held.lease?.token ?? '' };
  }

  /** Pipelines that are not at rest, how many of them are due, and the stage each is in. */
  async counts(): Promise<{
    active: number;
    due: number;
    stages: { stage_name: (typeof PIPELINE_STAGES)[number]; pipelines: number }[];
    /** How long the chain has not heard of the recording that has waited longest. */
    liveAgeMs: number;
  }> {
    const nowMs = this.#settings.clock.nowMs();
    const working = await this.#collection
      .find(
        { state: { $in: [...WORKING] } },
        { projection: { state: 1, stages: 1, due_at_ms: 1, lease: 1, 'live.fresh_at_ms': 1 } },
      )
      .toArray();
    const recording = working.filter(({ state }) => state === 'active' || state === 'paused');
    const inStage = working.map((document) => currentStage(document.stages));
    return {
      active: working.length,
      due: working.filter((document) => document.lease === null && (document.due_at_ms ?? Infinity) <= nowMs)
        .length,
      stages: PIPELINE_STAGES.map((stage_name) => ({
        stage_name,
        pipelines: inStage.filter((name) => name === stage_name).length,
      })),
      liveAgeMs: Math.max(0, ...recording.map(({ live }) => nowMs - live.fresh_at_ms)),
    };
  }
}
