import { defineCollection } from '@lucid/mongo';

/** Who may make blocks. */
export interface WriterDocument {
  _id: 'writer';
  holder: string;
  /** host:port of the holder, for the other instances to pass on what only it can take. */
  address?: string;
  fence: number;
  expires_at_ms: number;
}

/** How far transactions and mempool are in line with the blocks. */
export interface AppliedDocument {
  _id: 'applied';
  height: number;
}

/** One collection, two documents. */
export const writerDefinition = defineCollection<WriterDocument>('blockchain_state', []);
export const appliedDefinition = defineCollection<AppliedDocument>('blockchain_state', []);
