import { type Clock, isoTime } from '@lucid/clock';
import type { Evidence as Found } from '@lucid/consensus';
import type { ConsensusEvent } from '@lucid/contracts';
import { slotOfView } from '@lucid/ledger';
import type { Logger } from '@lucid/logging';
import type { Instruments } from '@lucid/metrics';
import { addNew, defineCollection } from '@lucid/mongo';
import type { Collection } from 'mongodb';
import type { metrics } from '../../metrics.ts';

export interface EventDocument extends Omit<ConsensusEvent, 'event_id' | 'details'> {
  _id: string;
  /** As text: it holds what strangers wrote. */
  details?: string;
}

export const eventsDefinition = defineCollection<EventDocument>('consensus_events', [
  { key: { created_at: -1 } },
  { key: { event_type: 1, height: -1 } },
]);

type EventType = 'double_vote' | 'double_proposal' | 'leader_replaced';

interface EventName {
  event_type: EventType;
  /** What else tells it from others of its type. */
  key: string;
  height: number;
  view: number;
  validator: string;
}

const idOf = ({ event_type, height, view, key, validator }: EventName): string =>
  `${event_type}:${height}:${view}:${key}:${validator}`;

/** What the voting brought about beside blocks. Each is kept once, whoever reports it again. */
export class Evidence {
  readonly #collection: Collection<EventDocument>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #instruments: Pick<Instruments<(typeof metrics)['definitions']>, 'consensus_evidence_total'>;

  constructor(
    collection: Collection<EventDocument>,
    deps: {
      clock: Clock;
      logger: Logger;
      instruments: Pick<Instruments<(typeof metrics)['definitions']>, 'consensus_evidence_total'>;
    },
  ) {
    this.#collection = collection;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
    this.#instruments = deps.instruments;
  }

  /** Two different statements of one validator where it may make one. */
  async keep(found: Found): Promise<void> {
    const { height, view, validator } = found.first;
    const phase = found.kind === 'vote' ? found.first.phase : 'proposal';
    const isNew = await this.note({
      event_type: found.kind === 'vote' ? 'double_vote' : 'double_proposal',
      key: phase,
      height,
      view,
      validator,
      details: { first: found.first, second: found.second },
    });
    if (!isNew) return;
    this.#instruments.consensus_evidence_total.inc({ kind: phase });
    this.#logger.error({ validator, height, view, phase }, 'a validator has said two different things');
  }

  /** @returns false when it is known */
  note(event: EventName & { details?: Record<string, unknown> }): Promise<boolean> {
    const { key, details, ...fields } = event;
    return addNew(this.#collection, {
      _id: idOf(event),
      ...fields,
      slot: slotOfView(fields.view),
      ...(details ? { details: JSON.stringify(details) } : {}),
      created_at: isoTime(this.#clock),
    });
  }

  async isKnown(event: EventName): Promise<boolean> {
    return (await this.#collection.findOne({ _id: idOf(event) })) !== null;
  }

  /** Newest first. */
  async list(offset: number, limit: number): Promise<{ events: ConsensusEvent[]; total: number }> {
    const [found, total] = await Promise.all([
      this.#collection.find({}).sort({ created_at: -1, _id: 1 }).skip(offset).limit(limit).toArray(),
      this.#collection.estimatedDocumentCount(),
    ]);
    return { events: found.map(toEvent), total };
  }
}

function toEvent({ _id, details, ...fields }: EventDocument): ConsensusEvent {
  return {
    event_id: _id,
    ...fields,
    ...(details === undefined ? {} : { details: JSON.parse(details) as Record<string, unknown> }),
  };
}
