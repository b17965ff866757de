import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import type { SignedManifest } from '@lucid/contracts';
import { addNew, defineCollection } from '@lucid/mongo';
import { Binary, type Collection } from 'mongodb';
import type { Static } from 'typebox';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

export type StoredManifest = Static<typeof SignedManifest>;

/**
 * The manifest as text, compressed: its hash is over exact bytes, and 100,000 chunks are 30 MB of mostly hex, which would
 * not fit into a document (16 MB) as they are.
 */
export interface ManifestDocument {
  _id: string;
  manifest_hash: string;
  json_zstd: Binary;
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
    const { manifest_hash, json_zstd, signature, public_key } = found;
    const text = (await decompress(json_zstd.value())).toString('utf8');
    return { manifest: JSON.parse(text) as Record<string, unknown>, manifest_hash, signature, public_key };
  }

  async exists(sessionId: string): Promise<boolean> {
    return (await this.#collection.countDocuments({ _id: sessionId }, { limit: 1 })) > 0;
  }

  /** @returns false when the session has a manifest already */
  async add(sessionId: string, signed: StoredManifest): Promise<boolean> {
    const { manifest, ...rest } = signed;
    const json_zstd = new Binary(await compress(JSON.stringify(manifest)));
    return addNew(this.#collection, { _id: sessionId, json_zstd, ...rest });
  }
}
