import { Readable } from 'node:stream';
import {
  blockchainEngine,
  type Checkpoint,
  type Chunk,
  type Pipeline,
  pagination,
  type Recording,
  type StoredChunk,
  sessionAnchoring,
  sessionKeys,
  sessionPipeline,
  sessionRecorder,
  sessionStorage,
  type TransactionProof,
} from '@lucid/contracts';
import type { ProofBundle } from '@lucid/proof';
import { Reply } from '@lucid/service';
import { PretendedService } from '@lucid/testing';
import { aPipeline, type Facts, NOW, refusals, sha256 } from './facts.ts';

const aRecording = (session_id: string): Recording => ({
  ...{ session_id, owner_id: session_id, status: 'stopped', owner_address: '127.0.0.1:1' },
  ...{ chunk_size_bytes: 1, max_size_bytes: 1, durable_offset: 0, stored_offset: 0 },
  ...{ chunks_sealed: 0, chunks_stored: 0, chunks_quarantined: 0, stored_bytes: 0, started_at: NOW },
});

const storedChunk = (session_id: string, sequence_number: number, file: Buffer): StoredChunk => ({
  ...{ session_id, sequence_number, chunk_hash: sha256(file), size_bytes: file.length },
  ...{ plain_size: 1, plain_hash: sha256(file), compression: { algorithm: 'none', level: 0, ratio: 1 } },
  encryption: { algorithm: 'HPKE-X25519-SHA256-AES256GCM', key_id: session_id },
  stored_at: NOW,
});

const chunkOf = (session_id: string, sequence_number: number, bytes: Buffer): Chunk => ({
  chunk_id: `${session_id}-chunk-${String(sequence_number).padStart(6, '0')}`,
  ...{ session_id, sequence_number, status: 'stored', plain_offset: 0, attempts: 1, created_at: NOW },
  plain_size: bytes.length,
  plain_hash: sha256(bytes),
});

type CheckpointData = Pick<Checkpoint, 'chunk_count' | 'merkle_root' | 'total_size' | 'recorded_at'> & {
  previous: string;
};

function transactionProof(
  known: Facts,
  { transaction, inclusion, block }: ProofBundle['checkpoints'][number],
): TransactionProof {
  const { validator_public_key, certificate, ...signed } = block;
  return {
    ...{ transaction, tx_hash: '0'.repeat(64), block: signed, validator_public_key, certificate },
    transaction_index: inclusion.leaf_index,
    transaction_count: inclusion.leaf_count,
    proof_path: inclusion.proof_path,
    genesis: known.proof.bundle.genesis,
  };
}

/** Everybody that sessions are asked about: each answers from what is known, and keeps what it is told. */
export async function startServices(known: Facts) {
  const found = (sessionId: string): Pipeline => {
    const pipeline = known.pipelines.get(sessionId);
    if (!pipeline) throw refusals.PIPELINE_NOT_FOUND();
    return pipeline;
  };
  const chunk = (sessionId: string, sequence: number): Chunk => {
    const bytes = known.plainOf(sessionId)[sequence - 1];
    if (!bytes) throw refusals.NO_CHUNK();
    return chunkOf(sessionId, sequence, bytes);
  };
  const [pipeline, recorder, keys, storage, engine, anchoring] = await Promise.all([
    PretendedService.start(sessionPipeline, {
      startPipeline: ({ params, body }) => {
        const started = known.pipelines.get(params.session_id) ?? aPipeline(params.session_id, body.owner_id);
        known.pipelines.set(params.session_id, started);
        return started;
      },
      stopPipeline: ({ params }) => {
        const stopped = {
          ...found(params.session_id),
          state: 'stopping',
          session_status: 'processing',
        } as const;
        known.pipelines.set(params.session_id, { ...stopped, version: stopped.version + 1 });
        return found(params.session_id);
      },
      pausePipeline: ({ params }) => known.move(found(params.session_id), 'paused', 'paused'),
      resumePipeline: ({ params }) => known.move(found(params.session_id), 'active', 'recording'),
      recoverPipeline: ({ params }) => known.move(found(params.session_id), 'stopping', 'processing'),
      getPipeline: ({ params }) => found(params.session_id),
      destroyPipeline: ({ params }) => {
        const { state } = found(params.session_id);
        if (state === 'active') throw refusals.ILLEGAL({ details: { state } });
        known.destroyed.push(params.session_id);
        return undefined;
      },
    }),
    PretendedService.start(sessionRecorder, {
      listRecordedChunks: ({ params, query }) => {
        const { limit = 100, offset = 0 } = query;
        known.listQueries.push(query);
        const all = known
          .plainOf(params.session_id)
          .map((bytes, i) => chunkOf(params.session_id, i + 1, bytes));
        return { chunks: all.slice(offset, offset + limit), total: all.length, limit, offset };
      },
      getRecording: ({ params }) => {
        const recording = known.recordings.get(params.session_id);
        if (!recording) throw refusals.NO_CHUNK();
        return { ...aRecording(params.session_id), ...recording };
      },
      getRecordedChunk: ({ params }) => chunk(params.session_id, params.sequence_number),
    }),
    PretendedService.start(sessionKeys, {
      listKeyAudit: ({ params, query }) => {
        const { page = 1, limit = 20 } = query;
        const entries = known.keyAudit.filter(({ session_id }) => session_id === params.session_id);
        const slice = entries.slice((page - 1) * limit, page * limit);
        return { entries: slice, pagination: pagination(page, limit, entries.length) };
      },
      readPlaintext: ({ params }) => {
        const bytes = known.plainOf(params.session_id)[params.sequence_number - 1];
        if (!bytes) throw refusals.NOT_STORED();
        const stops =
          known.breakAfter?.sequence === params.sequence_number ? known.breakAfter.bytes : undefined;
        const stream = Readable.from(pieces(bytes, stops));
        known.openPlaintexts.add(stream);
        stream.once('close', () => known.openPlaintexts.delete(stream));
        return Reply.bytes(200, stream, { 'content-length': bytes.length });
      },
    }),
    PretendedService.start(sessionStorage, {
      listStoredChunks: ({ params, query }) => {
        const isProven = params.session_id === known.provenId;
        const files = isProven ? [...known.proof.chunkFiles] : [];
        const { after = 0, limit = 1000 } = query;
        const chunks = files
          .filter(([sequence]) => sequence > after)
          .slice(0, limit)
          .map(([sequence_number, file]) => storedChunk(params.session_id, sequence_number, file));
        return { chunks, total: known.plainOf(params.session_id).length };
      },
      archiveSession: ({ params }) => known.moveFiles(params.session_id, 'archive'),
      restoreSession: ({ params }) => known.moveFiles(params.session_id, 'active'),
      deleteChunk: ({ params, query }) => {
        known.deletedChunks.push(`${params.session_id} ${params.sequence_number} ${query.reason}`);
        return undefined;
      },
      storageStatus: () => ({
        ...{ status: 'ready', level: 'ok', chunks_total: 3, used_bytes: 10, free_bytes: 90 },
        ...{ capacity_bytes: 100, archived_chunks: 0, archived_bytes: 0 },
      }),
      getChunk: ({ params, headers }) => {
        const bytes = known.proof.chunkFiles.get(params.sequence_number);
        if (!bytes) throw refusals.NO_CHUNK();
        const part = headers.range === 'bytes=0-9' ? bytes.subarray(0, 10) : bytes;
        return Reply.bytes(part === bytes ? 200 : 206, part, {
          'content-length': part.length,
          etag: '"tag"',
          ...(part === bytes ? {} : { 'content-range': `bytes 0-9/${bytes.length}` }),
        });
      },
      getManifest: ({ params }) => {
        if (params.session_id !== known.provenId) throw refusals.NO_MANIFEST();
        return known.proof.signedManifest as never;
      },
      checkIntegrity: () => {
        const chunks = [...known.proof.chunkFiles].map(([sequence_number, file]) => {
          const { chunk_hash } = known.proof.bundle.manifest.chunks[sequence_number - 1] ?? {
            chunk_hash: '',
          };
          const actual_hash = sha256(file);
          return {
            sequence_number,
            expected_hash: chunk_hash,
            actual_hash,
            intact: actual_hash === chunk_hash,
          };
        });
        return { chunks, intact: chunks.every(({ intact }) => intact) };
      },
    }),
    PretendedService.start(blockchainEngine, {
      getTransactionProof: () => {
        const { anchor, block } = known.proof.bundle;
        return transactionProof(known, { ...anchor, block });
      },
    }),
    PretendedService.start(sessionAnchoring, {
      sessionEvidence: ({ params, query }) => {
        const { after = 0, limit = 20 } = query;
        const { checkpoints } = known.proof.bundle;
        return {
          ...{ session_id: params.session_id, finished: true, anchoring_status: 'confirmed', holds: true },
          total: checkpoints.length,
          checkpoints: checkpoints.slice(after, after + limit).map((checkpoint, index) => ({
            ...(checkpoint.transaction.data as unknown as CheckpointData),
            ...{ sequence: after + index + 1, tx_hash: '0'.repeat(64), holds: true },
            proof: transactionProof(known, checkpoint),
          })),
        };
      },
    }),
  ]);
  return { pipeline, recorder, keys, storage, engine, anchoring };
}

async function* pieces(bytes: Buffer, stopAfter = Number.POSITIVE_INFINITY) {
  for (let at = 0; at < bytes.length; at += 50_000) {
    if (at >= stopAfter) throw new Error('the disk broke');
    yield bytes.subarray(at, at + 50_000);
  }
}
