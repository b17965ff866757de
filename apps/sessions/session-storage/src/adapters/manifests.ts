import type { SignedManifest } from '@lucid/contracts';
import { defineCollection, isDuplicateKey } from '@lucid/mongo';
import type { Collection } from 'mongodb';
import type { Static } from 'typebox';

export type StoredManifest = Static<typeof SignedManifest>;

/** The manifest as text: its hash is over exact bytes, and 100,000 chunks are one string, not 100,000 subdocuments. */
export interface ManifestDocument {
  _id: string;
  manifest_hash: string;
  json: string;
  signature: string;
  public_key: string;
}

export const manifestsDefinition = defineCollection<ManifestDocument>('manifests', [
  { key: { manifest_hash: 1 } },
]);

/** Signed manifests by session; written once, never replaced, never deleted. */
export class Manifests {
  readonly #collection: Collection<ManifestDocument>;

  constructor(collection: Collection<ManifestDocument>) {
    this.#collection = collection;
  }

  async find(sessionId: string): Promise<StoredManifest | null> {
    const found = await this.#collection.findOne({ _id: sessionId });
    if (!found) return null;
    const { manifest_hash, json, signature, public_key } = found;
    return { manifest: JSON.parse(json) as Record<string, unknown>, manifest_hash, signature, public_key };
  }

  /** @returns false when the session has a manifest already */
  async add(sessionId: string, signed: StoredManifest): Promise<boolean> {
    const { manifest, ...rest } = signed;
    try {
      await this.#collection.insertOne({ _id: sessionId, json: JSON.stringify(manifest), ...rest });
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }
}
