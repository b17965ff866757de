import { isoTime } from '@lucid/clock';
import type { Encryption } from '@lucid/contracts';
import { ServiceError } from '@lucid/errors';
import { buildManifest, type Manifest, type SignedManifest, signManifest as sign } from '@lucid/manifest';
import { ownerReference } from '../../domain/owner-reference.ts';
import type { PipelineDocument } from '../../domain/pipeline-document.ts';
import { completeStage } from '../../domain/stages.ts';
import { errors } from '../../errors.ts';
import type { Clients } from '../clients.ts';
import type { Step, StepDeps } from './step.ts';
import { storedChunks } from './stored-chunks.ts';

const RECORDER_VERSION = 'lucid-recorder/0.1';
/** The recorder takes octets as they come; what they encode is the client's business. */
const CODEC = 'octets';

/** Builds, signs and stores the manifest. One that is stored already stays: a repeat of this step must not make a second. */
export const signManifest: Step = async (document, deps) => {
  const { storage } = deps.clients;
  const kept = (await storedManifest(storage, document._id)) ?? (await storeNewManifest(document, deps));
  if (kept.merkle_root !== document.merkle_root)
    throw errors.ROOT_MISMATCH({ details: { pipeline: document.merkle_root, manifest: kept.merkle_root } });
  return {
    change: { manifest_id: kept.manifest_id, stages: completeStage(document.stages, 'manifest') },
    pauseMs: 0,
  };
};

async function storedManifest(
  storage: Clients['storage'],
  session_id: string,
): Promise<Manifest | undefined> {
  try {
    return (await storage.getManifest({ params: { session_id } })).body.manifest as Manifest;
  } catch (error) {
    if (error instanceof ServiceError && error.status === 404) return undefined;
    throw error;
  }
}

async function storeNewManifest(document: PipelineDocument, deps: StepDeps): Promise<Manifest> {
  const signed = await newManifest(document, deps);
  const { body } = await deps.clients.storage.putManifest({
    params: { session_id: document._id },
    body: signed,
  });
  return body.manifest as Manifest;
}

async function newManifest(
  document: PipelineDocument,
  { clients, clock, random, signingKey, instanceId }: StepDeps,
): Promise<SignedManifest> {
  let level = 0;
  let encryption: Encryption | undefined;
  const chunks = await storedChunks(clients.storage, document, (chunk) => {
    const { sequence_number, chunk_hash, size_bytes, plain_size, plain_hash, compression } = chunk;
    level = Math.max(level, compression.level);
    encryption ??= chunk.encryption;
    return {
      sequence_number,
      chunk_hash,
      size_bytes,
      plain_size,
      plain_hash,
      compression: compression.algorithm,
    };
  });
  if (!encryption) throw errors.NOTHING_RECORDED();
  const now = isoTime(clock);
  const manifest = buildManifest({
    manifest_id: random.uuid(),
    session: {
      session_id: document._id,
      owner_ref: ownerReference(document.owner_id, document._id),
      started_at: document.recorded?.from ?? document.created_at,
      ended_at: document.recorded?.until ?? now,
    },
    chunks,
    encryption,
    compression: document.config.compression_enabled
      ? { algorithm: 'zstd', level }
      : { algorithm: 'none', level: 0 },
    recorder_version: RECORDER_VERSION,
    codec_info: CODEC,
    generated_at: now,
    generated_by: instanceId,
  });
  return sign(manifest, signingKey);
}
