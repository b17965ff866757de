import { createHash, randomUUID } from 'node:crypto';
import {
  type Anchoring,
  blockchainEngine,
  type Checkpoint,
  type Recording,
  type SealingKey,
  type SessionProgress,
  type StoredChunk,
  sessionAnchoring,
  sessionApi,
  sessionKeys,
  sessionRecorder,
  sessionStorage,
} from '@lucid/contracts';
import { catalogue } from '@lucid/errors';
import type { SignedManifest } from '@lucid/manifest';
import { merkleRoot } from '@lucid/merkle';
import { Reply } from '@lucid/service';
import { PretendedService } from '@lucid/testing';

export const NOW = '2026-01-01T00:00:00.000Z';
export const LATER = '2026-01-01T01:00:00.000Z';

export const refusals = catalogue({
  RECORDING_NOT_FOUND: { code: 7101, status: 404, fault: 'user', message: 'No recording.', when: 'test' },
  STILL_RECORDING: { code: 7113, status: 409, fault: 'user', message: 'Stop it first.', when: 'test' },
  MANIFEST_NOT_FOUND: { code: 7211, status: 404, fault: 'user', message: 'No manifest.', when: 'test' },
  MANIFEST_CONFLICT: { code: 7212, status: 409, fault: 'user', message: 'Another one.', when: 'test' },
  TREE_CONFLICT: { code: 6302, status: 409, fault: 'user', message: 'Other hashes.', when: 'test' },
  ANCHORING_INVALID: { code: 6404, status: 400, fault: 'user', message: 'Never.', when: 'test' },
  CHECKPOINT_CONFLICT: { code: 6405, status: 409, fault: 'user', message: 'Otherwise.', when: 'test' },
  NOT_ANCHORED: { code: 6401, status: 404, fault: 'user', message: 'Not anchored.', when: 'test' },
});

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What everybody else knows of one session. */
export class Facts {
  recording: Recording | undefined;
  readonly keyId = randomUUID();
  keyIsShredded = false;
  /** What the recorder was told to seal with. */
  sealedWith: SealingKey | undefined;
  stored: StoredChunk[] = [];
  manifests: SignedManifest[] = [];
  anchoring: Anchoring | undefined;
  /** From where storage was asked to list. */
  readonly listedAfter: number[] = [];
  /** What anchoring was told while it was recorded. */
  checkpoints: Checkpoint[] = [];
  /** Times anchoring was asked to try again what it had given up. */
  anchoringRetries = 0;
  /** What a mistaken engine computes. */
  otherRoot: string | undefined;
  /** Looks until a block holds the anchor, and until it is final. */
  looksUntilConfirmed = 1;
  looksUntilFinal = 1;
  progress: SessionProgress[] = [];

  get sealingKey(): SealingKey {
    return { key_id: this.keyId, algorithm: 'HPKE-X25519-SHA256-AES256GCM', public_key: sha256(this.keyId) };
  }

  get statuses(): string[] {
    return this.progress.map(({ status }) => status);
  }
}

const start = {
  recorder: (world: World) =>
    PretendedService.start(sessionRecorder, {
      startRecording: ({ body }) => {
        const facts = world.of(body.session_id);
        const isNew = facts.recording === undefined;
        const { sealing_key, ...asked } = body;
        facts.sealedWith = sealing_key;
        facts.recording ??= {
          ...asked,
          status: 'recording',
          owner_address: '127.0.0.1:1',
          durable_offset: 0,
          stored_offset: 0,
          chunks_sealed: 0,
          chunks_stored: 0,
          chunks_quarantined: 0,
          stored_bytes: 0,
          started_at: NOW,
        };
        return new Reply(isNew ? 201 : 200, shown(facts.recording));
      },
      getRecording: ({ params }) => shown(world.recordingOf(params.session_id)),
      pauseRecording: ({ params }) => {
        const recording = world.recordingOf(params.session_id);
        if (recording.status === 'recording') recording.status = 'paused';
        return shown(recording);
      },
      resumeRecording: ({ params }) => {
        const recording = world.recordingOf(params.session_id);
        if (recording.status === 'paused') recording.status = 'recording';
        return shown(recording);
      },
      stopRecording: ({ params }) => {
        const recording = world.recordingOf(params.session_id);
        if (recording.status === 'recording' || recording.status === 'paused')
          Object.assign(recording, { status: 'stopped', stopped_at: LATER });
        return shown(recording);
      },
      deleteRecording: ({ params }) => {
        if (world.recordingOf(params.session_id).status === 'recording') throw refusals.STILL_RECORDING();
        world.of(params.session_id).recording = undefined;
        return undefined;
      },
    }),
  keys: (world: World) =>
    PretendedService.start(sessionKeys, {
      createKey: ({ body }) => world.of(body.session_id).sealingKey,
      shredKey: ({ params }) => {
        world.of(params.session_id).keyIsShredded = true;
        return undefined;
      },
    }),
  storage: (world: World) =>
    PretendedService.start(sessionStorage, {
      listStoredChunks: ({ params, query }) => {
        const { stored } = world.of(params.session_id);
        const { after = 0, limit = 1000 } = query;
        world.of(params.session_id).listedAfter.push(after);
        const rest = stored.filter((chunk) => chunk.sequence_number > after);
        return { chunks: rest.slice(0, limit), total: stored.length };
      },
      getManifest: ({ params }) => {
        const [kept] = world.of(params.session_id).manifests;
        if (!kept) throw refusals.MANIFEST_NOT_FOUND();
        return kept as never;
      },
      putManifest: ({ params, body }) => {
        const { manifests } = world.of(params.session_id);
        const [kept] = manifests;
        if (kept && kept.manifest_hash !== body.manifest_hash) throw refusals.MANIFEST_CONFLICT();
        if (!kept) manifests.push(body as unknown as SignedManifest);
        return new Reply(kept ? 200 : 201, kept ?? body);
      },
      deleteSessionFiles: ({ params }) => {
        world.of(params.session_id).stored = [];
        return undefined;
      },
    }),
  engine: (world: World) =>
    PretendedService.start(blockchainEngine, {
      buildMerkleTree: ({ body }) => ({
        tree_id: randomUUID(),
        session_id: body.session_id,
        root_hash: world.of(body.session_id).otherRoot ?? merkleRoot(body.chunk_hashes),
        tree_height: 1,
        leaf_count: body.chunk_hashes.length,
        hash_algorithm: 'sha256' as const,
        created_at: NOW,
      }),
    }),
  anchoring: (world: World) =>
    PretendedService.start(sessionAnchoring, {
      putCheckpoint: ({ params, body }) => {
        const { checkpoints } = world.of(params.session_id);
        const { user_id: _kept, owner_ref: _ref, ...prefix } = body;
        const known = checkpoints.find(({ chunk_count }) => chunk_count === body.chunk_count);
        if (known && known.merkle_root !== body.merkle_root) throw refusals.CHECKPOINT_CONFLICT();
        const checkpoint: Checkpoint = known ?? {
          ...{ session_id: params.session_id, sequence: checkpoints.length + 1, status: 'pending' },
          ...prefix,
          submitted_at: NOW,
        };
        if (!known) checkpoints.push(checkpoint);
        return new Reply(202, checkpoint);
      },
      retryAnchoring: ({ params }) => {
        const facts = world.of(params.session_id);
        if (!facts.anchoring) throw refusals.NOT_ANCHORED();
        facts.anchoringRetries += 1;
        const { error: _over, ...rest } = facts.anchoring;
        facts.anchoring = { ...rest, status: 'pending' };
        return facts.anchoring;
      },
      anchorSession: ({ body }) => {
        const facts = world.of(body.session_id);
        const { session_id, user_id, merkle_root, manifest_hash, chunk_count, total_size } = body;
        facts.anchoring ??= {
          ...{ session_id, user_id, merkle_root, manifest_hash, chunk_count, total_size },
          anchoring_id: randomUUID(),
          status: 'pending',
          finalized: false,
          submitted_at: NOW,
          attempts: 0,
        };
        return new Reply(202, facts.anchoring);
      },
      getAnchoring: ({ params }) => {
        const facts = world.of(params.session_id);
        if (!facts.anchoring) throw refusals.NOT_ANCHORED();
        const isConfirmed = facts.anchoring.status === 'confirmed';
        if (facts.anchoring.status === 'failed') return facts.anchoring;
        if (isConfirmed) facts.anchoring = { ...facts.anchoring, finalized: --facts.looksUntilFinal <= 0 };
        else if (--facts.looksUntilConfirmed <= 0)
          facts.anchoring = {
            ...facts.anchoring,
            status: 'confirmed',
            transaction_id: randomUUID(),
            block_height: 7,
            block_hash: sha256('block'),
          };
        return facts.anchoring;
      },
    }),
  api: (world: World) =>
    PretendedService.start(sessionApi, {
      putProgress: ({ params, body }) => {
        world.of(params.session_id).progress.push(body);
        return { applied: true, version: body.version };
      },
    }),
};

type Services = { [Name in keyof typeof start]: Awaited<ReturnType<(typeof start)[Name]>> };

/** Everybody the pipeline talks to, pretended, over real HTTP. */
export class World implements AsyncDisposable {
  readonly #facts = new Map<string, Facts>();
  #services: Services | undefined;

  static async start(): Promise<World> {
    const world = new World();
    const [recorder, keys, storage, engine, anchoring, api] = await Promise.all([
      start.recorder(world),
      start.keys(world),
      start.storage(world),
      start.engine(world),
      start.anchoring(world),
      start.api(world),
    ]);
    world.#services = { recorder, keys, storage, engine, anchoring, api };
    return world;
  }

  get services(): Services {
    if (!this.#services) throw new Error('not started');
    return this.#services;
  }

  get overlaps(): string[] {
    return Object.values(this.services).flatMap((service) => service.overlaps);
  }

  /** What the pipeline's environment says about where everybody is. */
  get environment(): Record<string, string> {
    const { recorder, keys, storage, engine, anchoring, api } = this.services;
    return {
      SESSION_API_URL: api.url,
      SESSION_RECORDER_URL: recorder.url,
      SESSION_KEYS_URL: keys.url,
      SESSION_STORAGE_URL: storage.url,
      SESSION_ANCHORING_URL: anchoring.url,
      BLOCKCHAIN_ENGINE_URL: engine.url,
    };
  }

  of(sessionId: string): Facts {
    const known = this.#facts.get(sessionId) ?? new Facts();
    this.#facts.set(sessionId, known);
    return known;
  }

  recordingOf(sessionId: string): Recording {
    const { recording } = this.of(sessionId);
    if (!recording) throw refusals.RECORDING_NOT_FOUND();
    return recording;
  }

  /** Bytes have come and are in storage. */
  record(sessionId: string, chunks: number): void {
    const facts = this.of(sessionId);
    facts.stored = Array.from({ length: chunks }, (_none, index) =>
      storedChunk(sessionId, index + 1, facts.keyId),
    );
    Object.assign(this.recordingOf(sessionId), {
      durable_offset: chunks * 100,
      chunks_sealed: chunks,
      chunks_stored: chunks,
      stored_bytes: chunks * 148,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(Object.values(this.services).map((service) => service[Symbol.asyncDispose]()));
  }
}

const shown = ({ ...recording }: Recording): Recording => {
  const { compression_enabled: _not, ...rest } = recording as Recording & { compression_enabled?: boolean };
  return rest;
};

const storedChunk = (session_id: string, sequence_number: number, key_id: string): StoredChunk => ({
  session_id,
  sequence_number,
  chunk_hash: sha256(`${session_id} ${sequence_number}`),
  size_bytes: 148,
  plain_size: 100,
  plain_hash: sha256(`plain ${sequence_number}`),
  compression: { algorithm: 'zstd', level: 3, ratio: 0.5 },
  encryption: { algorithm: 'HPKE-X25519-SHA256-AES256GCM', key_id },
  stored_at: NOW,
});
