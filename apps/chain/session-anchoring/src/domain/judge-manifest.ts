import { type Manifest, manifestRoot, verifyManifest } from '@lucid/manifest';
import type { AnchoringDocument } from './anchoring-document.ts';

export type Verdict = 'passed' | 'failed' | 'skipped';

export interface ManifestJudgement {
  manifest_hash: Verdict;
  manifest_signature: Verdict;
  /** The root over the chunks it lists is the one that was asked about. */
  merkle_root: Verdict;
}

const verdict = (holds: boolean): Verdict => (holds ? 'passed' : 'failed');

/** Outcomes of `verifyManifest` that leave its hash standing. */
const HASH_STANDS: ReadonlySet<string> = new Set(['valid', 'signature_invalid', 'untrusted_key']);

/**
 * Is the manifest that was handed in whole, signed, and the one that was anchored?
 * @param signed as it was handed in; undefined when it was not
 */
export function judgeManifest(
  signed: { manifest: unknown; manifest_hash: string } | undefined,
  anchored: AnchoringDocument,
  merkle_root: string,
): ManifestJudgement {
  if (!signed) return { manifest_hash: 'skipped', manifest_signature: 'skipped', merkle_root: 'skipped' };
  const { outcome, ok } = verifyManifest(signed, { trustedKeys: [anchored.manifest_public_key] });
  if (outcome === 'malformed')
    return { manifest_hash: 'failed', manifest_signature: 'skipped', merkle_root: 'skipped' };
  const manifest = signed.manifest as Manifest;
  return {
    manifest_hash: verdict(
      HASH_STANDS.has(outcome) &&
        signed.manifest_hash === anchored.manifest_hash &&
        manifest.session_id === anchored._id,
    ),
    manifest_signature: verdict(ok),
    merkle_root: verdict(manifestRoot(manifest) === merkle_root),
  };
}
