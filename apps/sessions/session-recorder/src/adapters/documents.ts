import type { Chunk } from '@lucid/contracts';
import { defineCollection } from '@lucid/mongo';
import type { RecordingStatus } from '../domain/recording-state.ts';

export interface RecordingDocument {
  /** The session id. */
  _id: string;
  owner_id: string;
  status: RecordingStatus;
  chunk_size_bytes: number;
  max_size_bytes: number;
  compression_enabled: boolean;
  /** The recorder that has the files and alone may append. */
  owner: { instance_id: string; address: string };
  lease_expires_at_ms: number;
  /** Grows with every owner; what an older one registers is refused. */
  epoch: number;
  /** As the owner last said it; between two renewals it knows better. */
  durable_offset: number;
  stored_sequence: number;
  stored_offset: number;
  planned_ends: number[];
  error?: string;
  started_at: string;
  stopped_at?: string;
}

export const recordingsDefinition = defineCollection<RecordingDocument>('recordings', [
  { key: { 'owner.instance_id': 1 } },
  { key: { lease_expires_at_ms: 1 } },
]);

export interface ChunkDocument extends Omit<Chunk, 'chunk_id'> {
  /** The chunk id. */
  _id: string;
  compression_enabled: boolean;
  /** The recorder that has the plaintext, and its turn as owner. */
  recorder_id: string;
  epoch: number;
  /** Times given back through no fault of the bytes since the last data fault. */
  deferrals: number;
  /** When it may be claimed (again); absent once nobody should. */
  claimable_at_ms?: number;
  lease_token?: string;
  worker_id?: string;
}

export const chunksDefinition = defineCollection<ChunkDocument>('chunks', [
  { key: { session_id: 1, sequence_number: 1 }, unique: true },
  { key: { session_id: 1, status: 1 } },
  { key: { status: 1, created_at: 1 } },
  { key: { claimable_at_ms: 1 }, sparse: true },
]);
