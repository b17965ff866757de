import { defineCollection } from '@lucid/mongo';
import type { AnchoringDocument } from '../domain/anchoring-document.ts';
import { Deliveries } from './deliveries.ts';

export const anchoringsDefinition = defineCollection<AnchoringDocument>('session_anchorings', [
  { key: { anchoring_id: 1 }, unique: true },
  { key: { due_at_ms: 1 } },
  { key: { gathering: 1 } },
  { key: { status: 1, confirmed_at: -1 } },
  { key: { merkle_root: 1 } },
]);

const RECENT = 100;

export interface AnchoringCounts {
  pending: number;
  processing: number;
  confirmedSince: number;
  /** Given up, of those that were asked for since. */
  failedSince: number;
  averageConfirmationSeconds: number;
}

/** The anchors of the sessions, one each; `_id` is the session. */
export class Anchorings extends Deliveries<AnchoringDocument> {
  async counts(sinceTimestamp: string): Promise<AnchoringCounts> {
    const since = { $gte: sinceTimestamp };
    const [pending, processing, confirmedSince, failedSince, recent] = await Promise.all([
      this.countOf({ status: 'pending' }),
      this.countOf({ status: 'processing' }),
      this.countOf({ status: 'confirmed', confirmed_at: since }),
      this.countOf({ status: { $in: ['failed', 'expired'] }, submitted_at: since }),
      this.collection
        .find({ status: 'confirmed' }, { projection: { submitted_at: 1, confirmed_at: 1 } })
        .sort({ status: 1, confirmed_at: -1 })
        .limit(RECENT)
        .toArray(),
    ]);
    const seconds = recent.map(({ submitted_at, confirmed_at }) =>
      Math.max(0, (Date.parse(confirmed_at ?? submitted_at) - Date.parse(submitted_at)) / 1000),
    );
    const sum = seconds.reduce((total, value) => total + value, 0);
    const averageConfirmationSeconds = seconds.length === 0 ? 0 : sum / seconds.length;
    return { pending, processing, confirmedSince, failedSince, averageConfirmationSeconds };
  }
}
