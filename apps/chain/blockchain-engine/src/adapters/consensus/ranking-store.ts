import type { Block } from '@lucid/ledger';
import { defineCollection, openCollection } from '@lucid/mongo';
import type {
  FoldOutcome,
  PootSnapshot,
  SlotLeaders,
  SlotResult,
  TallyEntry,
  TaskProofData,
} from '@lucid/poot';
import type { Collection, Db } from 'mongodb';

/** The ranking after a block, as text: what is in it was written by strangers. */
interface SnapshotDocument {
  _id: 'poot';
  height: number;
  text: string;
}

/** A slot that is over. */
export interface SlotDocument {
  _id: number;
  slot: number;
  epoch: number;
  primary: string;
  fallbacks: readonly string[];
  result: { winner: string; reason: string };
}

interface ProofDocument extends Omit<TaskProofData, 'kind' | 'value'> {
  _id: string;
  /** As text. */
  value: string;
  block_height: number;
  /** When the row may go: no tally looks back that far. */
  expires_at: Date;
}

interface TallyDocument extends TallyEntry {
  _id: string;
  epoch: number;
}

/** A tally looks back seven days; a day more does no harm. */
const PROOFS_KEPT_MS = 8 * 24 * 3_600_000;

const snapshotDefinition = defineCollection<SnapshotDocument>('consensus_state', []);
const scheduleDefinition = defineCollection<SlotDocument>('leader_schedule', [{ key: { epoch: 1 } }]);
const proofsDefinition = defineCollection<ProofDocument>('task_proofs', [
  { key: { slot: 1 } },
  { key: { expires_at: 1 }, expireAfterSeconds: 0 },
]);
const tallyDefinition = defineCollection<TallyDocument>('work_tally', [
  { key: { epoch: 1, rank: 1 } },
  { key: { entity_id: 1, epoch: 1 } },
]);

interface RankingCollections {
  snapshots: Collection<SnapshotDocument>;
  schedule: Collection<SlotDocument>;
  proofs: Collection<ProofDocument>;
  tallies: Collection<TallyDocument>;
}

export async function openRankingStore(database: Db): Promise<RankingStore> {
  return new RankingStore({
    snapshots: await openCollection(database, snapshotDefinition),
    schedule: await openCollection(database, scheduleDefinition),
    proofs: await openCollection(database, proofsDefinition),
    tallies: await openCollection(database, tallyDefinition),
  });
}

/** The ranking as it is kept. All of it follows from the blocks: writing a row twice writes the same. */
export class RankingStore {
  readonly #kept: RankingCollections;

  constructor(kept: RankingCollections) {
    this.#kept = kept;
  }

  async load(): Promise<PootSnapshot | undefined> {
    const document = await this.#kept.snapshots.findOne({ _id: 'poot' });
    return document ? (JSON.parse(document.text) as PootSnapshot) : undefined;
  }

  async save(height: number, snapshot: PootSnapshot): Promise<void> {
    const text = JSON.stringify(snapshot);
    await this.#kept.snapshots.updateOne({ _id: 'poot' }, { $set: { height, text } }, { upsert: true });
  }

  async slot(slot: number): Promise<SlotDocument | undefined> {
    return (await this.#kept.schedule.findOne({ _id: slot })) ?? undefined;
  }

  async keepSlots(slots: readonly { leaders: SlotLeaders; result: SlotResult }[]): Promise<void> {
    const operations = slots.map(({ leaders: { slot, epoch, primary, fallbacks }, result }) => ({
      updateOne: {
        filter: { _id: slot },
        update: {
          $set: {
            slot,
            epoch,
            primary,
            fallbacks: [...fallbacks],
            result: { winner: result.winner, reason: result.reason },
          },
        },
        upsert: true,
      },
    }));
    if (operations.length > 0) await this.#kept.schedule.bulkWrite(operations, { ordered: false });
  }

  /** What a block says of work: the proofs it accepts, and the tally when it holds one. */
  async keepWork({ proofs, tally }: FoldOutcome, { header }: Pick<Block, 'header'>): Promise<void> {
    const expires_at = new Date(Date.parse(header.timestamp) + PROOFS_KEPT_MS);
    const rows = proofs.map(({ kind: _kind, value, ...proof }) => ({
      updateOne: {
        filter: { _id: `${proof.node_id}_${proof.slot}_${proof.type}` },
        update: { $set: { ...proof, value: JSON.stringify(value), block_height: header.height, expires_at } },
        upsert: true,
      },
    }));
    if (rows.length > 0) await this.#kept.proofs.bulkWrite(rows, { ordered: false });
    const entries = (tally?.entries ?? []).map((entry) => ({
      updateOne: {
        filter: { _id: `${tally?.epoch}_${entry.entity_id}` },
        update: { $set: { ...entry, epoch: tally?.epoch ?? 0 } },
        upsert: true,
      },
    }));
    if (entries.length > 0) await this.#kept.tallies.bulkWrite(entries, { ordered: false });
  }
}
