import { canonicalHash, verifyHash } from '@lucid/ledger';
import type { AnchoringRequest } from './anchoring-document.ts';

/** What a user signs to have a session anchored. */
const userStatement = ({ session_id, merkle_root, manifest_hash }: AnchoringRequest) =>
  canonicalHash({ session_id, merkle_root, manifest_hash });

/**
 * The user's signature decides where there is one, else that of the manifest.
 * @returns why it is not authorised; undefined when it is
 */
export function faultOfSignatures(request: AnchoringRequest): string | undefined {
  const { user_signature, user_public_key, manifest_signature, manifest_public_key, manifest_hash } = request;
  if (user_signature !== undefined) {
    if (user_public_key === undefined) return 'user_public_key is missing';
    return verifyHash(userStatement(request), user_signature, user_public_key)
      ? undefined
      : 'user_signature is not that of user_public_key';
  }
  if (manifest_signature === undefined) return 'neither user_signature nor manifest_signature is given';
  return verifyHash(manifest_hash, manifest_signature, manifest_public_key)
    ? undefined
    : 'manifest_signature is not that of manifest_public_key';
}
