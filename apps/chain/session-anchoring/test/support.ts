import { seededRandom } from '@lucid/clock';
import { privateKeyPem, signHash, signingKeyFromSeed, ZERO_HASH } from '@lucid/ledger';
import type { AnchoringRequest } from '../src/domain/anchoring-document.ts';
import type { CheckpointRequest } from '../src/domain/checkpoint-document.ts';

export const ANCHORING = 'lucid-session-anchoring';
export const ENGINE = 'lucid-blockchain-engine';
export const anchoringKey = signingKeyFromSeed('03'.repeat(32));
export const manifestKey = signingKeyFromSeed('04'.repeat(32));
export const anchoringPem = privateKeyPem(anchoringKey);

/** Makes requests with ids and hashes from a seed. */
export function requestMaker(seed: number | string) {
  const random = seededRandom(seed);
  const hex = () => random.bytes(32).toString('hex');
  const request = (over: Partial<AnchoringRequest> = {}): AnchoringRequest => {
    const manifest_hash = over.manifest_hash ?? hex();
    return {
      session_id: random.uuid(),
      user_id: random.uuid(),
      owner_ref: hex(),
      merkle_root: hex(),
      manifest_hash,
      manifest_public_key: manifestKey.publicKey,
      manifest_signature: signHash(manifest_hash, manifestKey),
      chunk_count: 3,
      total_size: 1000,
      created_at: '2026-01-02T03:04:05.678Z',
      ...over,
    };
  };
  return {
    random,
    request,
    /** Of the session that the request is for. */
    checkpoint: (
      { session_id, user_id, owner_ref }: AnchoringRequest,
      chunk_count: number,
    ): CheckpointRequest => ({
      ...{ session_id, user_id, owner_ref, chunk_count },
      merkle_root: chunk_count === 0 ? ZERO_HASH : chunk_count.toString(16).padStart(64, 'c'),
      total_size: chunk_count * 100,
      recorded_at: '2026-01-02T03:04:05.678Z',
    }),
  };
}
