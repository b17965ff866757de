import { seededRandom } from '@lucid/clock';
import { privateKeyPem, signingKeyFromSeed } from '@lucid/ledger';
import type { AnchoringRequest } from '../src/domain/anchoring-document.ts';

export const ANCHORING = 'lucid-session-anchoring';
export const ENGINE = 'lucid-blockchain-engine';
export const anchoringKey = signingKeyFromSeed('03'.repeat(32));
export const anchoringPem = privateKeyPem(anchoringKey);

/** Makes requests with ids and hashes from a seed. */
export function requestMaker(seed: number | string) {
  const random = seededRandom(seed);
  const hex = () => random.bytes(32).toString('hex');
  return {
    random,
    request: (over: Partial<AnchoringRequest> = {}): AnchoringRequest => ({
      session_id: random.uuid(),
      user_id: random.uuid(),
      owner_ref: hex(),
      merkle_root: hex(),
      manifest_hash: hex(),
      manifest_public_key: hex(),
      chunk_count: 3,
      total_size: 1000,
      created_at: '2026-01-02T03:04:05.678Z',
      ...over,
    }),
  };
}
