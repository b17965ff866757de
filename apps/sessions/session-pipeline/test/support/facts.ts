import { createHash, randomUUID } from 'node:crypto';
import type {
  Anchoring,
  Checkpoint,
  Recording,
  SealingKey,
  SessionProgress,
  StoredChunk,
} from '@lucid/contracts';
import { catalogue } from '@lucid/errors';
import type { SignedManifest } from '@lucid/manifest';

export const NOW = '2026-01-01T00:00:00.000Z';
export const LATER = '2026-01-01T01:00:00.000Z';

export const refusals = catalogue({
  RECORDING_NOT_FOUND: { code: 7101, status: 404, fault: 'user', message: 'No recording.', when: 'test' },
  STILL_RECORDING: { code: 7113, status: 409, fault: 'user', message: 'Stop it first.', when: 'test' },
  MANIFEST_NOT_FOUND: { code: 7211, status: 404, fault: 'user', message: 'No manifest.', when: 'test' },
  MANIFEST_CONFLICT: { code: 7212, status: 409, fault: 'user', message: 'Another one.', when: 'test' },
  TREE_CONFLICT: { code: 6302, status: 409, fault: 'user', message: 'Other hashes.', when: 'test' },
  ANCHORING_INVALID: { code: 6404, status: 400, fault: 'user', message: 'Never.', when: 'test' },
  CHECKPOINT_CONFLICT: { code: 6405, status: 409, fault: 'user', message: 'Otherwise.', when: 'test' },
  NOT_ANCHORED: { code: 6401, status: 404, fault: 'user', message: 'Not anchored.', when: 'test' },
});

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What everybody else knows of one session. */
export class Facts {
  recording: Recording | undefined;
  readonly keyId = randomUUID();
  keyIsShredded = false;
  /** What the recorder was told to seal with. */
  sealedWith: SealingKey | undefined;
  stored: StoredChunk[] = [];
  manifests: SignedManifest[] = [];
  anchoring: Anchoring | undefined;
  /** From where storage was asked to list. */
  readonly listedAfter: number[] = [];
  /** What anchoring was told while it was recorded. */
  checkpoints: Checkpoint[] = [];
  /** Times anchoring was asked to try again what it had given up. */
  anchoringRetries = 0;
  /** What a mistaken engine computes. */
  otherRoot: string | undefined;
  /** Looks until a block holds the anchor, and until it is final. */
  looksUntilConfirmed = 1;
  looksUntilFinal = 1;
  progress: SessionProgress[] = [];

  get sealingKey(): SealingKey {
    return { key_id: this.keyId, algorithm: 'HPKE-X25519-SHA256-AES256GCM', public_key: sha256(this.keyId) };
  }

  get statuses(): string[] {
    return this.progress.map(({ status }) => status);
  }
}

/** What is known of all of them. */
export interface Known {
  of(sessionId: string): Facts;
  /** @throws RECORDING_NOT_FOUND */
  recordingOf(sessionId: string): Recording;
}
