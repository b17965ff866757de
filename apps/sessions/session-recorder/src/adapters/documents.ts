import type { Chunk, RECORDING_SOURCES, SealingKey } from '@lucid/contracts';
import { defineCollection } from '@lucid/mongo';
import type { StopReason } from '../domain/auto-stop.ts';
import type { RecordingStatus } from '../domain/recording-state.ts';
import type { StoredPrefix } from '../domain/stored-prefix.ts';

export type RecordingSource = (typeof RECORDING_SOURCES)[number];

export interface RecordingDocument {
  /** The session id. */
  _id: string;
  owner_id: string;
  status: RecordingStatus;
  chunk_size_bytes: number;
  max_size_bytes: number;
  compression_enabled: boolean;
  /** What its chunks are sealed with; opens none of them. */
  sealing_key: SealingKey;
  /** The recorder that has the files and alone may append. */
  owner: { instance_id: string; address: string };
  lease_expires_at_ms: number;
  /** Grows with every owner; what an older one registers is refused. */
  epoch: number;
  /** As the owner last said it; between two renewals it knows better. */
  durable_offset: number;
  /** The stored prefix: its last chunk, where it ends, bytes of its chunk files. */
  stored_sequence: number;
  stored_offset: number;
  stored_file_bytes: number;
  planned_ends: number[];
  /** Written before the first client-cut chunk is taken, or with the start of a capture; a stream says so by its offset. */
  source?: RecordingSource;
  /** Runs of the capture. */
  segments?: { offset: number; started_at: string }[];
  error?: string;
  started_at: string;
  paused_at?: string;
  stop_requested_at?: string;
  stopped_at?: string;
  stop_reason?: StopReason;
}

type StoredFields = Pick<RecordingDocument, 'stored_sequence' | 'stored_offset' | 'stored_file_bytes'>;

export const storedFields = ({ sequence, offset, fileBytes }: StoredPrefix): StoredFields => ({
  stored_sequence: sequence,
  stored_offset: offset,
  stored_file_bytes: fileBytes,
});

export const storedPrefixOf = (recording: StoredFields): StoredPrefix => ({
  sequence: recording.stored_sequence,
  offset: recording.stored_offset,
  fileBytes: recording.stored_file_bytes,
});

export const recordingsDefinition = defineCollection<RecordingDocument>('recordings', [
  { key: { 'owner.instance_id': 1 } },
  { key: { lease_expires_at_ms: 1 } },
  { key: { status: 1, started_at: -1 } },
  { key: { started_at: -1 } },
]);

export interface ChunkDocument extends Omit<Chunk, 'chunk_id'> {
  /** The chunk id. */
  _id: string;
  compression_enabled: boolean;
  sealing_key: SealingKey;
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
