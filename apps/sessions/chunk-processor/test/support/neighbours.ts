import { randomBytes, randomUUID } from 'node:crypto';
import { publicKeyOf } from '@lucid/chunk-codec';
import {
  type ClaimedChunk,
  type Contract,
  type SealingKey,
  type StoredChunk,
  sessionRecorder,
  sessionStorage,
} from '@lucid/contracts';
import { catalogue, commonErrors } from '@lucid/errors';
import { createApp, type Handlers, mount, Reply } from '@lucid/service';
import { freePort, type TestIdentities, testContext } from '@lucid/testing';
import { sha256 } from './bytes.ts';

const CALLER = 'lucid-chunk-processor';

const refusals = catalogue({
  CONFLICT: { code: 7202, status: 409, fault: 'user', message: 'Another chunk is stored.', when: 'test' },
  LEASE_LOST: { code: 7121, status: 409, fault: 'user', message: 'Lease lost.', when: 'test' },
});

async function serve<Of extends Contract>(
  of: Of,
  identities: TestIdentities,
  handlers: Partial<Handlers<Of>>,
  port: number,
) {
  const context = testContext({ service: of.service, identities, allowedCallers: [CALLER] });
  const app = createApp(context);
  const missing = Object.keys(of.endpoints).map((name) => [
    name,
    () => {
      throw commonErrors.NOT_IMPLEMENTED();
    },
  ]);
  const all = { ...Object.fromEntries(missing), ...handlers } as Handlers<Of>;
  mount(app, of, all, () => context.mesh.verifier);
  await app.listen({ host: '127.0.0.1', port });
  return app;
}

export interface Failure {
  chunkId: string;
  reason: string;
  retryable: boolean;
  fault: string | undefined;
}

/** A recorder that keeps its queue in memory; the hooks let a test spoil things. */
export class TinyRecorder {
  readonly address: string;
  readonly completed = new Map<string, string>();
  readonly failures: Failure[] = [];
  renewals = 0;
  /** Opens what is sealed for this recorder's sessions. */
  readonly privateKey = randomBytes(32);
  sealingKey: SealingKey = {
    key_id: randomUUID(),
    algorithm: 'HPKE-X25519-SHA256-AES256GCM',
    public_key: publicKeyOf(this.privateKey).toString('hex'),
  };
  /** Runs before plaintext is answered. */
  beforePlaintext: (chunk: ClaimedChunk) => Promise<void> = async () => undefined;
  refuseRenewals = false;
  readonly #waiting: { chunk: ClaimedChunk; bytes: Buffer }[] = [];
  readonly #claimed = new Map<string, { chunk: ClaimedChunk; bytes: Buffer }>();
  #app: Awaited<ReturnType<typeof serve>> | undefined;

  private constructor(port: number) {
    this.address = `127.0.0.1:${port}`;
  }

  static async start(identities: TestIdentities): Promise<TinyRecorder> {
    const port = await freePort();
    const recorder = new TinyRecorder(port);
    recorder.#app = await serve(sessionRecorder, identities, recorder.#handlers(), port);
    return recorder;
  }

  add(
    bytes: Buffer,
    sessionId: string = randomUUID(),
    sequence = 1,
    plainHash = sha256(bytes),
  ): ClaimedChunk {
    const chunk: ClaimedChunk = {
      chunk_id: `${sessionId}-chunk-${String(sequence).padStart(6, '0')}`,
      session_id: sessionId,
      sequence_number: sequence,
      plain_size: bytes.length,
      plain_hash: plainHash,
      compression_enabled: true,
      sealing_key: this.sealingKey,
      recorder_address: this.address,
      lease_token: randomUUID(),
      attempts: 0,
    };
    this.#waiting.push({ chunk, bytes });
    return chunk;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  #handlers(): Partial<Handlers<typeof sessionRecorder>> {
    return {
      claimChunks: ({ body }) => {
        const taken = this.#waiting.splice(0, body.max);
        for (const one of taken) this.#claimed.set(one.chunk.chunk_id, one);
        return { chunks: taken.map(({ chunk }) => chunk), queue_depth: this.#waiting.length };
      },
      readPlaintext: async ({ params }) => {
        const one = [...this.#claimed.values()].find(
          ({ chunk }) =>
            chunk.session_id === params.session_id && chunk.sequence_number === params.sequence_number,
        );
        if (!one) throw commonErrors.NOT_FOUND();
        await this.beforePlaintext(one.chunk);
        return Reply.bytes(200, one.bytes);
      },
      renewChunk: () => {
        if (this.refuseRenewals) throw refusals.LEASE_LOST();
        this.renewals++;
        return undefined;
      },
      completeChunk: ({ params, body }) => {
        this.completed.set(params.chunk_id, body.chunk_hash);
        return undefined;
      },
      failChunk: ({ params, body }) => {
        this.failures.push({
          chunkId: params.chunk_id,
          reason: body.reason,
          retryable: body.retryable,
          fault: body.fault,
        });
        const one = this.#claimed.get(params.chunk_id);
        if (one && body.retryable && body.fault === 'system') this.#waiting.push(one);
        return undefined;
      },
    };
  }

  async close(): Promise<void> {
    await this.#app?.close();
  }
}

/** A storage that keeps files in memory. */
export class TinyStorage {
  readonly address: string;
  readonly files = new Map<string, { stored: StoredChunk; bytes: Buffer }>();
  isDown = false;
  beforePut: () => Promise<void> = async () => undefined;
  puts = 0;
  #app: Awaited<ReturnType<typeof serve>> | undefined;

  private constructor(port: number) {
    this.address = `127.0.0.1:${port}`;
  }

  static async start(identities: TestIdentities): Promise<TinyStorage> {
    const port = await freePort();
    const storage = new TinyStorage(port);
    storage.#app = await serve(sessionStorage, identities, storage.#handlers(), port);
    return storage;
  }

  #handlers(): Partial<Handlers<typeof sessionStorage>> {
    return {
      putChunk: async ({ params, headers, bytes }) => {
        const parts: Buffer[] = [];
        for await (const part of bytes) parts.push(part as Buffer);
        this.puts++;
        await this.beforePut();
        if (this.isDown) throw commonErrors.DATABASE();
        const file = Buffer.concat(parts);
        const metadata = JSON.parse(
          Buffer.from(String(headers['x-chunk-metadata']), 'base64url').toString(),
        ) as Pick<StoredChunk, 'plain_size' | 'plain_hash' | 'compression' | 'encryption'>;
        const known = this.files.get(fileKey(params));
        if (known && known.stored.chunk_hash !== headers['x-chunk-sha256']) throw refusals.CONFLICT();
        const stored: StoredChunk = {
          ...params,
          ...metadata,
          chunk_hash: sha256(file),
          size_bytes: file.length,
          stored_at: new Date().toISOString(),
        };
        this.files.set(fileKey(params), { stored, bytes: file });
        return new Reply(201, stored);
      },
      getChunk: ({ params }) => {
        const known = this.files.get(fileKey(params));
        if (!known) throw commonErrors.NOT_FOUND();
        return Reply.bytes(200, known.bytes);
      },
      listStoredChunks: ({ params, query }) => {
        const all = [...this.files.values()]
          .map(({ stored }) => stored)
          .filter((chunk) => chunk.session_id === params.session_id)
          .sort((a, b) => a.sequence_number - b.sequence_number);
        const after = all.filter((chunk) => chunk.sequence_number > (query.after ?? 0));
        return { chunks: after.slice(0, query.limit ?? 1000), total: all.length };
      },
    };
  }

  async close(): Promise<void> {
    await this.#app?.close();
  }
}

export const fileKey = (place: { session_id: string; sequence_number: number }): string =>
  `${place.session_id}:${place.sequence_number}`;
