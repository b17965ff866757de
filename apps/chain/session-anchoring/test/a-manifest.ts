import { createHash } from 'node:crypto';
import type { SigningKey } from '@lucid/ledger';
import { buildManifest, type SignedManifest, signManifest } from '@lucid/manifest';
import { manifestKey } from './support.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const NOW = '2026-01-02T03:04:05.678Z';

/** A signed manifest of a session; the same for the same arguments. */
export const aManifest = (
  session_id: string,
  chunks: number,
  key: SigningKey = manifestKey,
): SignedManifest =>
  signManifest(
    buildManifest({
      manifest_id: '00000000-0000-4000-8000-000000000001',
      session: { session_id, owner_ref: sha256('owner'), started_at: NOW, ended_at: NOW },
      chunks: Array.from({ length: chunks }, (_none, index) => ({
        sequence_number: index + 1,
        chunk_hash: sha256(`${session_id} ${index}`),
        size_bytes: 100,
        plain_size: 80,
        plain_hash: sha256(`plain ${index}`),
        compression: 'zstd' as const,
      })),
      encryption: {
        algorithm: 'HPKE-X25519-SHA256-AES256GCM',
        key_id: '00000000-0000-4000-8000-000000000002',
      },
      compression: { algorithm: 'zstd', level: 3 },
      recorder_version: 'test',
      codec_info: 'octets',
      generated_at: NOW,
      generated_by: 'test',
    }),
    key,
  );
