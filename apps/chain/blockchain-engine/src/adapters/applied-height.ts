import type { Collection } from 'mongodb';
import type { AppliedDocument } from './chain-state.ts';

/** Up to which height transactions and mempool agree with the blocks. May lag behind the truth, never run ahead of it. */
export class AppliedHeight {
  readonly #collection: Collection<AppliedDocument>;

  constructor(collection: Collection<AppliedDocument>) {
    this.#collection = collection;
  }

  /** −1 when nothing was ever applied. */
  async read(): Promise<number> {
    const document = await this.#collection.findOne({ _id: 'applied' });
    return document?.height ?? -1;
  }

  async raise(height: number): Promise<void> {
    await this.#collection.updateOne({ _id: 'applied' }, { $max: { height } }, { upsert: true });
  }
}
