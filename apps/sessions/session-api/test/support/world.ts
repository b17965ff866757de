import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  blockchainEngine,
  type Checkpoint,
  type Chunk,
  type KeyAuditEntry,
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
import { catalogue } from '@lucid/errors';
import type { ProofBundle } from '@lucid/proof';
import { aProofBundle, type ProofFixture } from '@lucid/proof/testing';
import { Reply } from '@lucid/service';
import { PretendedService } from '@lucid/testing';

export const NOW = '2026-01-01T00:00:00.000Z';

export const refusals = catalogue({
  PIPELINE_NOT_FOUND: { code: 7006, status: 404, fault: 'user', message: 'No pipeline.', when: 'test' },
  ILLEGAL: { code: 7005, status: 409, fault: 'user', message: 'Not in this state.', when: 'test' },
  NOT_STORED: { code: 7153, status: 404, fault: 'user', message: 'Not stored.', when: 'test' },
  NO_CHUNK: { code: 7120, status: 404, fault: 'user', message: 'No chunk.', when: 'test' },
  NO_MANIFEST: { code: 7211, status: 404, fault: 'user', message: 'No manifest yet.', when: 'test' },
  NOT_ALLOWED: { code: 2020, status: 401, fault: 'user', message: 'Not you.', when: 'test' },
});

export const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** What everybody else knows. One session of it is proven on a chain: that of `proof`. */
export class World implements AsyncDisposable {
  readonly proof: ProofFixture = aProofBundle({ plainBytesPerChunk: 200_000 });
  readonly pipelines = new Map<string, Pipeline>();
  readonly destroyed: string[] = [];
  readonly keyAudit: KeyAuditEntry[] = [];
  /** What the recorder says of sessions beside the pipeline. */
  readonly recordings = new Map<string, Partial<Recording>>();
  /** How many calls it takes until the files of a session have been moved. */
  movesLeft = 0;
  readonly archived = new Set<string>();
  readonly deletedChunks: string[] = [];
  /** What the recorder was asked for, list by list. */
  readonly listQueries: object[] = [];
  /** Plaintext of sessions beside the proven one, by chunk. */
  readonly plaintexts = new Map<string, Buffer[]>();
  /** Bytes after which the plaintext of a chunk breaks off. */
  breakAfter: { sequence: number; bytes: number } | undefined;
  readonly openPlaintexts = new Set<Readable>();
  #services: Awaited<ReturnType<typeof startServices>> | undefined;

  static async start(): Promise<World> {
    const world = new World();
    world.#services = await startServices(world);
    return world;
  }

  get services() {
    if (!this.#services) throw new Error('not started');
    return this.#services;
  }

  get provenId(): string {
    return this.proof.bundle.session_id;
  }

  get environment(): Record<string, string> {
    const { pipeline, recorder, keys, storage, engine, anchoring } = this.services;
    return {
      SESSION_PIPELINE_URL: pipeline.url,
      SESSION_RECORDER_URL: recorder.url,
      SESSION_KEYS_URL: keys.url,
      SESSION_STORAGE_URL: storage.url,
      SESSION_ANCHORING_URL: anchoring.url,
      BLOCKCHAIN_ENGINE_URL: engine.url,
    };
  }

  /** The pipeline of the session has come to its end. */
  settle(sessionId: string): void {
    const known = this.pipelines.get(sessionId) ?? aPipeline(sessionId, sessionId);
    this.pipelines.set(sessionId, { ...known, state: 'stopped', session_status: 'completed' });
  }

  /** A state of the pipeline, and what follows for the session. */
  move(known: Pipeline, state: Pipeline['state'], session_status: Pipeline['session_status']): Pipeline {
    const moved = { ...known, state, session_status, version: known.version + 1 };
    this.pipelines.set(known.session_id, moved);
    return moved;
  }

  moveFiles(session_id: string, location: 'active' | 'archive') {
    const done = this.movesLeft <= 0;
    if (!done) this.movesLeft--;
    else if (location === 'archive') this.archived.add(session_id);
    else this.archived.delete(session_id);
    return { session_id, location, done, chunks_total: 1, chunks_moved: 1, bytes_moved: 1, failed: [] };
  }

  plainOf(sessionId: string): Buffer[] {
    const proven = sessionId === this.provenId ? [...this.proof.plaintexts.values()] : [];
    return this.plaintexts.get(sessionId) ?? proven;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(Object.values(this.services).map((service) => service[Symbol.asyncDispose]()));
  }
}

export const aPipeline = (session_id: string, owner_id: string): Pipeline => ({
  ...{ session_id, owner_id, state: 'active', session_status: 'recording', anchoring_status: 'none' },
  progress: 0,
  stages: [],
  statistics: { size_bytes: 0, chunks_count: 0, chunks_stored: 0, stored_bytes: 0 },
  version: 1,
  created_at: NOW,
  updated_at: NOW,
});

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
  world: World,
  { transaction, inclusion, block }: ProofBundle['checkpoints'][number],
): TransactionProof {
  const { validator_public_key, certificate, ...signed } = block;
  return {
    ...{ transaction, tx_hash: '0'.repeat(64), block: signed, validator_public_key, certificate },
    transaction_index: inclusion.leaf_index,
    transaction_count: inclusion.leaf_count,
    proof_path: inclusion.proof_path,
    genesis: world.proof.bundle.genesis,
  };
}

async function startServices(world: World) {
  const found = (sessionId: string): Pipeline => {
    const pipeline = world.pipelines.get(sessionId);
    if (!pipeline) throw refusals.PIPELINE_NOT_FOUND();
    return pipeline;
  };
  const chunk = (sessionId: string, sequence: number): Chunk => {
    const bytes = world.plainOf(sessionId)[sequence - 1];
    if (!bytes) throw refusals.NO_CHUNK();
    return chunkOf(sessionId, sequence, bytes);
  };
  const [pipeline, recorder, keys, storage, engine, anchoring] = await Promise.all([
    PretendedService.start(sessionPipeline, {
      startPipeline: ({ params, body }) => {
        const started = world.pipelines.get(params.session_id) ?? aPipeline(params.session_id, body.owner_id);
        world.pipelines.set(params.session_id, started);
        return started;
      },
      stopPipeline: ({ params }) => {
        const stopped = {
          ...found(params.session_id),
          state: 'stopping',
          session_status: 'processing',
        } as const;
        world.pipelines.set(params.session_id, { ...stopped, version: stopped.version + 1 });
        return found(params.session_id);
      },
      pausePipeline: ({ params }) => world.move(found(params.session_id), 'paused', 'paused'),
      resumePipeline: ({ params }) => world.move(found(params.session_id), 'active', 'recording'),
      recoverPipeline: ({ params }) => world.move(found(params.session_id), 'stopping', 'processing'),
      getPipeline: ({ params }) => found(params.session_id),
      destroyPipeline: ({ params }) => {
        const { state } = found(params.session_id);
        if (state === 'active') throw refusals.ILLEGAL({ details: { state } });
        world.destroyed.push(params.session_id);
        return undefined;
      },
    }),
    PretendedService.start(sessionRecorder, {
      listRecordedChunks: ({ params, query }) => {
        const { limit = 100, offset = 0 } = query;
        world.listQueries.push(query);
        const all = world
          .plainOf(params.session_id)
          .map((bytes, i) => chunkOf(params.session_id, i + 1, bytes));
        return { chunks: all.slice(offset, offset + limit), total: all.length, limit, offset };
      },
      getRecording: ({ params }) => {
        const known = world.recordings.get(params.session_id);
        if (!known) throw refusals.NO_CHUNK();
        return { ...aRecording(params.session_id), ...known };
      },
      getRecordedChunk: ({ params }) => chunk(params.session_id, params.sequence_number),
    }),
    PretendedService.start(sessionKeys, {
      listKeyAudit: ({ params, query }) => {
        const { page = 1, limit = 20 } = query;
        const entries = world.keyAudit.filter(({ session_id }) => session_id === params.session_id);
        const slice = entries.slice((page - 1) * limit, page * limit);
        return { entries: slice, pagination: pagination(page, limit, entries.length) };
      },
      readPlaintext: ({ params }) => {
        const bytes = world.plainOf(params.session_id)[params.sequence_number - 1];
        if (!bytes) throw refusals.NOT_STORED();
        const stops =
          world.breakAfter?.sequence === params.sequence_number ? world.breakAfter.bytes : undefined;
        const stream = Readable.from(pieces(bytes, stops));
        world.openPlaintexts.add(stream);
        stream.once('close', () => world.openPlaintexts.delete(stream));
        return Reply.bytes(200, stream, { 'content-length': bytes.length });
      },
    }),
    PretendedService.start(sessionStorage, {
      listStoredChunks: ({ params, query }) => {
        const isProven = params.session_id === world.provenId;
        const files = isProven ? [...world.proof.chunkFiles] : [];
        const { after = 0, limit = 1000 } = query;
        const chunks = files
          .filter(([sequence]) => sequence > after)
          .slice(0, limit)
          .map(([sequence_number, file]) => storedChunk(params.session_id, sequence_number, file));
        return { chunks, total: world.plainOf(params.session_id).length };
      },
      archiveSession: ({ params }) => world.moveFiles(params.session_id, 'archive'),
      restoreSession: ({ params }) => world.moveFiles(params.session_id, 'active'),
      deleteChunk: ({ params, query }) => {
        world.deletedChunks.push(`${params.session_id} ${params.sequence_number} ${query.reason}`);
        return undefined;
      },
      storageStatus: () => ({
        ...{ status: 'ready', level: 'ok', chunks_total: 3, used_bytes: 10, free_bytes: 90 },
        ...{ capacity_bytes: 100, archived_chunks: 0, archived_bytes: 0 },
      }),
      getChunk: ({ params, headers }) => {
        const bytes = world.proof.chunkFiles.get(params.sequence_number);
        if (!bytes) throw refusals.NO_CHUNK();
        const part = headers.range === 'bytes=0-9' ? bytes.subarray(0, 10) : bytes;
        return Reply.bytes(part === bytes ? 200 : 206, part, {
          'content-length': part.length,
          etag: '"tag"',
          ...(part === bytes ? {} : { 'content-range': `bytes 0-9/${bytes.length}` }),
        });
      },
      getManifest: ({ params }) => {
        if (params.session_id !== world.provenId) throw refusals.NO_MANIFEST();
        return world.proof.signedManifest as never;
      },
      checkIntegrity: () => {
        const chunks = [...world.proof.chunkFiles].map(([sequence_number, file]) => {
          const { chunk_hash } = world.proof.bundle.manifest.chunks[sequence_number - 1] ?? {
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
        const { anchor, block } = world.proof.bundle;
        return transactionProof(world, { ...anchor, block });
      },
    }),
    PretendedService.start(sessionAnchoring, {
      sessionEvidence: ({ params, query }) => {
        const { after = 0, limit = 20 } = query;
        const { checkpoints } = world.proof.bundle;
        return {
          ...{ session_id: params.session_id, finished: true, anchoring_status: 'confirmed', holds: true },
          total: checkpoints.length,
          checkpoints: checkpoints.slice(after, after + limit).map((checkpoint, index) => ({
            ...(checkpoint.transaction.data as unknown as CheckpointData),
            ...{ sequence: after + index + 1, tx_hash: '0'.repeat(64), holds: true },
            proof: transactionProof(world, checkpoint),
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
