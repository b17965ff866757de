// Judges a signed manifest by itself; the chain around it is the business of @lucid/proof.
import { timestampMs, verifyHash } from '@lucid/ledger';
import { Compile } from 'typebox/compile';
import { manifestHash, manifestRoot, totalSize } from './build-manifest.ts';
import { chunkId, type Manifest, SignedManifest } from './manifest.ts';

/**
 * In the order in which they are judged; the first that applies is the outcome.
 * - `malformed`: does not fit the schema, or has no canonical form
 * - `merkle_root_mismatch`: the root is not that of the chunk hashes in list order
 * - `hash_mismatch`: the body was changed after it was hashed
 * - `inconsistent`: hashed as it is, but counts, sizes, ids or the order of indexes contradict the list
 * - `signature_invalid`: not signed by `public_key`
 * - `untrusted_key`: signed, by a key the caller does not accept
 */
export type ManifestOutcome =
  | 'valid'
  | 'malformed'
  | 'merkle_root_mismatch'
  | 'hash_mismatch'
  | 'inconsistent'
  | 'signature_invalid'
  | 'untrusted_key';

export interface ManifestVerdict {
  readonly ok: boolean;
  readonly outcome: ManifestOutcome;
  readonly detail: string;
}

const shape = Compile(SignedManifest);

/** Judges any value. `trustedKeys` are the public keys that may sign; left out, any key may. Throws nothing. */
export function verifyManifest(
  candidate: unknown,
  { trustedKeys }: { readonly trustedKeys?: readonly string[] } = {},
): ManifestVerdict {
  if (!shape.Check(candidate)) {
    const [error] = shape.Errors(candidate);
    return failed(
      'malformed',
      `${error?.instancePath || '/'} ${error?.message ?? 'does not fit the schema'}`,
    );
  }
  const { manifest, manifest_hash, signature, public_key } = candidate;
  let computedHash: string;
  try {
    computedHash = manifestHash(manifest);
    const root = manifestRoot(manifest);
    if (root !== manifest.merkle_root) return failed('merkle_root_mismatch', `the chunk hashes give ${root}`);
  } catch (error) {
    return failed('malformed', error instanceof Error ? error.message : String(error));
  }
  if (computedHash !== manifest_hash) return failed('hash_mismatch', `the body has the hash ${computedHash}`);
  const contradiction = manifestContradiction(manifest);
  if (contradiction !== undefined) return failed('inconsistent', contradiction);
  if (!verifyHash(manifest_hash, signature, public_key))
    return failed('signature_invalid', 'not signed by public_key');
  if (trustedKeys && !trustedKeys.includes(public_key))
    return failed('untrusted_key', `signed by ${public_key}`);
  return { ok: true, outcome: 'valid', detail: `${manifest.chunk_count} chunks` };
}

/** What a manifest says of itself that its own list contradicts, or undefined. */
export function manifestContradiction(manifest: Manifest): string | undefined {
  const { chunks, session_id } = manifest;
  if (manifest.chunk_count !== chunks.length)
    return `chunk_count ${manifest.chunk_count}, listed ${chunks.length}`;
  const misplaced = chunks.findIndex(
    (chunk, i) => chunk.index !== i + 1 || chunk.chunk_id !== chunkId(session_id, i + 1),
  );
  if (misplaced >= 0) return `entry ${misplaced + 1} has the index or chunk_id of another chunk`;
  const size = totalSize(chunks);
  if (manifest.total_size !== size) return `total_size ${manifest.total_size}, the sizes add up to ${size}`;
  const [started, ended] = [timestampMs(manifest.started_at), timestampMs(manifest.ended_at)];
  if (started === undefined || ended === undefined || timestampMs(manifest.generated_at) === undefined) {
    return 'a timestamp names no day of the calendar';
  }
  return ended < started ? 'it ends before it starts' : undefined;
}

function failed(outcome: ManifestOutcome, detail: string): ManifestVerdict {
  return { ok: false, outcome, detail };
}
