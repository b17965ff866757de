import { randomUUID } from 'node:crypto';
import {
  blockchainEngine,
  type Checkpoint,
  type Recording,
  sessionAnchoring,
  sessionApi,
  sessionKeys,
  sessionRecorder,
  sessionStorage,
} from '@lucid/contracts';
import type { SignedManifest } from '@lucid/manifest';
import { merkleRoot } from '@lucid/merkle';
import { Reply } from '@lucid/service';
import { PretendedService } from '@lucid/testing';
import { type Known, LATER, NOW, refusals, sha256 } from './facts.ts';

/** Everybody the pipeline talks to: each answers from what is known, and keeps what it is told. */
export const start = {
  recorder: (known: Known) =>
    PretendedService.start(sessionRecorder, {
      startRecording: ({ body }) => {
        const facts = known.of(body.session_id);
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
      getRecording: ({ params }) => shown(known.recordingOf(params.session_id)),
      pauseRecording: ({ params }) => {
        const recording = known.recordingOf(params.session_id);
        if (recording.status === 'recording') recording.status = 'paused';
        return shown(recording);
      },
      resumeRecording: ({ params }) => {
        const recording = known.recordingOf(params.session_id);
        if (recording.status === 'paused') recording.status = 'recording';
        return shown(recording);
      },
      stopRecording: ({ params }) => {
        const recording = known.recordingOf(params.session_id);
        if (recording.status === 'recording' || recording.status === 'paused')
          Object.assign(recording, { status: 'stopped', stopped_at: LATER });
        return shown(recording);
      },
      deleteRecording: ({ params }) => {
        if (known.recordingOf(params.session_id).status === 'recording') throw refusals.STILL_RECORDING();
        known.of(params.session_id).recording = undefined;
        return undefined;
      },
    }),
  keys: (known: Known) =>
    PretendedService.start(sessionKeys, {
      createKey: ({ body }) => known.of(body.session_id).sealingKey,
      shredKey: ({ params }) => {
        known.of(params.session_id).keyIsShredded = true;
        return undefined;
      },
    }),
  storage: (known: Known) =>
    PretendedService.start(sessionStorage, {
      listStoredChunks: ({ params, query }) => {
        const { stored } = known.of(params.session_id);
        const { after = 0, limit = 1000 } = query;
        known.of(params.session_id).listedAfter.push(after);
        const rest = stored.filter((chunk) => chunk.sequence_number > after);
        return { chunks: rest.slice(0, limit), total: stored.length };
      },
      getManifest: ({ params }) => {
        const [kept] = known.of(params.session_id).manifests;
        if (!kept) throw refusals.MANIFEST_NOT_FOUND();
        return kept as never;
      },
      putManifest: ({ params, body }) => {
        const { manifests } = known.of(params.session_id);
        const [kept] = manifests;
        if (kept && kept.manifest_hash !== body.manifest_hash) throw refusals.MANIFEST_CONFLICT();
        if (!kept) manifests.push(body as unknown as SignedManifest);
        return new Reply(kept ? 200 : 201, kept ?? body);
      },
      deleteSessionFiles: ({ params }) => {
        known.of(params.session_id).stored = [];
        return undefined;
      },
    }),
  engine: (known: Known) =>
    PretendedService.start(blockchainEngine, {
      buildMerkleTree: ({ body }) => ({
        tree_id: randomUUID(),
        session_id: body.session_id,
        root_hash: known.of(body.session_id).otherRoot ?? merkleRoot(body.chunk_hashes),
        tree_height: 1,
        leaf_count: body.chunk_hashes.length,
        hash_algorithm: 'sha256' as const,
        created_at: NOW,
      }),
    }),
  anchoring: (known: Known) =>
    PretendedService.start(sessionAnchoring, {
      putCheckpoint: ({ params, body }) => {
        const { checkpoints } = known.of(params.session_id);
        const { user_id: _kept, owner_ref: _ref, ...prefix } = body;
        const same = checkpoints.find(({ chunk_count }) => chunk_count === body.chunk_count);
        if (same && same.merkle_root !== body.merkle_root) throw refusals.CHECKPOINT_CONFLICT();
        const checkpoint: Checkpoint = same ?? {
          ...{ session_id: params.session_id, sequence: checkpoints.length + 1, status: 'pending' },
          ...prefix,
          submitted_at: NOW,
        };
        if (!same) checkpoints.push(checkpoint);
        return new Reply(202, checkpoint);
      },
      retryAnchoring: ({ params }) => {
        const facts = known.of(params.session_id);
        if (!facts.anchoring) throw refusals.NOT_ANCHORED();
        facts.anchoringRetries += 1;
        const { error: _over, ...rest } = facts.anchoring;
        facts.anchoring = { ...rest, status: 'pending' };
        return facts.anchoring;
      },
      anchorSession: ({ body }) => {
        const facts = known.of(body.session_id);
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
        const facts = known.of(params.session_id);
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
  api: (known: Known) =>
    PretendedService.start(sessionApi, {
      putProgress: ({ params, body }) => {
        known.of(params.session_id).progress.push(body);
        return { applied: true, version: body.version };
      },
    }),
};

const shown = ({ ...recording }: Recording): Recording => {
  const { compression_enabled: _not, ...rest } = recording as Recording & { compression_enabled?: boolean };
  return rest;
};
