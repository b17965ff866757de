import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { KeyAuditEntry, Pipeline, Recording } from '@lucid/contracts';
import { catalogue } from '@lucid/errors';
import { aProofBundle, type ProofFixture } from '@lucid/proof/testing';

export const NOW = '2026-01-01T00:00:00.000Z';

export const refusals = catalogue({
  PIPELINE_NOT_FOUND: { code: 7006, status: 404, fault: 'user', message: 'No pipeline.', when: 'test' },
  ILLEGAL: { code: 7005, status: 409, fault: 'user', message: 'Not in this state.', when: 'test' },
  NOT_STORED: { code: 7153, status: 404, fault: 'user', message: 'Not stored.', when: 'test' },
  NO_CHUNK: { code: 7120, status: 404, fault: 'user', message: 'No chunk.', when: 'test' },
  NO_MANIFEST: { code: 7211, status: 404, fault: 'user', message: 'No manifest yet.', when: 'test' },
  NOT_ALLOWED: { code: 2020, status: 401, fault: 'user', message: 'Not you.', when: 'test' },
});

export const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** What everybody else knows. One session of it is proven on a chain: that of `proof`. */
export class Facts {
  readonly proof: ProofFixture = aProofBundle({ plainBytesPerChunk: 200_000 });
  readonly pipelines = new Map<string, Pipeline>();
  readonly destroyed: string[] = [];
  readonly keyAudit: KeyAuditEntry[] = [];
  /** What the recorder says of sessions beside the pipeline. */
  readonly recordings = new Map<string, Partial<Recording>>();
  /** How many calls it takes until the files of a session have been moved. */
  movesLeft = 0;
  readonly archived = new Set<string>();
  readonly deletedChunks: string[] = [];
  /** What the recorder was asked for, list by list. */
  readonly listQueries: object[] = [];
  /** Plaintext of sessions beside the proven one, by chunk. */
  readonly plaintexts = new Map<string, Buffer[]>();
  /** Bytes after which the plaintext of a chunk breaks off. */
  breakAfter: { sequence: number; bytes: number } | undefined;
  readonly openPlaintexts = new Set<Readable>();

  get provenId(): string {
    return this.proof.bundle.session_id;
  }

  /** The pipeline of the session has come to its end. */
  settle(sessionId: string): void {
    const known = this.pipelines.get(sessionId) ?? aPipeline(sessionId, sessionId);
    this.pipelines.set(sessionId, { ...known, state: 'stopped', session_status: 'completed' });
  }

  /** A state of the pipeline, and what follows for the session. */
  move(known: Pipeline, state: Pipeline['state'], session_status: Pipeline['session_status']): Pipeline {
    const moved = { ...known, state, session_status, version: known.version + 1 };
    this.pipelines.set(known.session_id, moved);
    return moved;
  }

  moveFiles(session_id: string, location: 'active' | 'archive') {
    const done = this.movesLeft <= 0;
    if (!done) this.movesLeft--;
    else if (location === 'archive') this.archived.add(session_id);
    else this.archived.delete(session_id);
    return { session_id, location, done, chunks_total: 1, chunks_moved: 1, bytes_moved: 1, failed: [] };
  }

  plainOf(sessionId: string): Buffer[] {
    const proven = sessionId === this.provenId ? [...this.proof.plaintexts.values()] : [];
    return this.plaintexts.get(sessionId) ?? proven;
  }
}

export const aPipeline = (session_id: string, owner_id: string): Pipeline => ({
  ...{ session_id, owner_id, state: 'active', session_status: 'recording', anchoring_status: 'none' },
  progress: 0,
  stages: [],
  statistics: { size_bytes: 0, chunks_count: 0, chunks_stored: 0, stored_bytes: 0 },
  version: 1,
  created_at: NOW,
  updated_at: NOW,
});
