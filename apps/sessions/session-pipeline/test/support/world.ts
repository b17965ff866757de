import type { Recording, StoredChunk } from '@lucid/contracts';
import { Facts, type Known, NOW, refusals, sha256 } from './facts.ts';
import { start } from './pretended-services.ts';

type Services = { [Name in keyof typeof start]: Awaited<ReturnType<(typeof start)[Name]>> };

/** Everybody the pipeline talks to, pretended, over real HTTP. */
export class World implements Known, AsyncDisposable {
  readonly #facts = new Map<string, Facts>();
  #services: Services | undefined;

  async start(): Promise<void> {
    const [recorder, keys, storage, engine, anchoring, api] = await Promise.all([
      start.recorder(this),
      start.keys(this),
      start.storage(this),
      start.engine(this),
      start.anchoring(this),
      start.api(this),
    ]);
    this.#services = { recorder, keys, storage, engine, anchoring, api };
  }

  get services(): Services {
    if (!this.#services) throw new Error('not started');
    return this.#services;
  }

  get overlaps(): string[] {
    return Object.values(this.services).flatMap((service) => service.overlaps);
  }

  /** What the pipeline's environment says about where everybody is. */
  get environment(): Record<string, string> {
    const { recorder, keys, storage, engine, anchoring, api } = this.services;
    return {
      SESSION_API_URL: api.url,
      SESSION_RECORDER_URL: recorder.url,
      SESSION_KEYS_URL: keys.url,
      SESSION_STORAGE_URL: storage.url,
      SESSION_ANCHORING_URL: anchoring.url,
      BLOCKCHAIN_ENGINE_URL: engine.url,
    };
  }

  of(sessionId: string): Facts {
    const known = this.#facts.get(sessionId) ?? new Facts();
    this.#facts.set(sessionId, known);
    return known;
  }

  recordingOf(sessionId: string): Recording {
    const { recording } = this.of(sessionId);
    if (!recording) throw refusals.RECORDING_NOT_FOUND();
    return recording;
  }

  /** Bytes have come and are in storage. */
  record(sessionId: string, chunks: number): void {
    const facts = this.of(sessionId);
    facts.stored = Array.from({ length: chunks }, (_none, index) =>
      storedChunk(sessionId, index + 1, facts.keyId),
    );
    Object.assign(this.recordingOf(sessionId), {
      durable_offset: chunks * 100,
      chunks_sealed: chunks,
      chunks_stored: chunks,
      stored_bytes: chunks * 148,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(Object.values(this.#services ?? {}).map((service) => service[Symbol.asyncDispose]()));
  }
}

const storedChunk = (session_id: string, sequence_number: number, key_id: string): StoredChunk => ({
  session_id,
  sequence_number,
  chunk_hash: sha256(`${session_id} ${sequence_number}`),
  size_bytes: 148,
  plain_size: 100,
  plain_hash: sha256(`plain ${sequence_number}`),
  compression: { algorithm: 'zstd', level: 3, ratio: 0.5 },
  encryption: { algorithm: 'HPKE-X25519-SHA256-AES256GCM', key_id },
  stored_at: NOW,
});
