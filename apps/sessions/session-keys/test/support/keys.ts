import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { encapsulate, encodeChunk, recipientFrom } from '@lucid/chunk-codec';
import { type SealingKey, type StoredChunk, sessionStorage } from '@lucid/contracts';
import { commonErrors } from '@lucid/errors';
import { Reply } from '@lucid/service';
import { PretendedService, TestIdentities, testContext } from '@lucid/testing';
import type { FastifyInstance } from 'fastify';
import { type Collection, MongoClient } from 'mongodb';
import { connect } from '../../src/adapters/connect.ts';
import type { Deps } from '../../src/adapters/deps.ts';
import type { AuditDocument, KeyDocument } from '../../src/adapters/key-documents.ts';
import { buildApp } from '../../src/app.ts';
import { config } from '../../src/config.ts';

export const NAME = 'lucid-session-keys';
export const PIPELINE = 'lucid-session-pipeline';
export const API = 'lucid-session-api';
const CALLERS = [PIPELINE, API, 'lucid-chunk-processor', 'lucid-session-recorder'];

export const FIRST_KEK = '11'.repeat(32);
export const SECOND_KEK = '22'.repeat(32);

/** Storage that keeps files in memory, as far as a reader needs it. */
export class PretendedStorage {
  readonly files = new Map<string, { stored: StoredChunk; bytes: Buffer }>();
  #service: PretendedService<typeof sessionStorage> | undefined;

  static async start(): Promise<PretendedStorage> {
    const storage = new PretendedStorage();
    storage.#service = await PretendedService.start(sessionStorage, {
      listStoredChunks: ({ params, query }) => {
        const found = storage.files.get(`${params.session_id}:${(query.after ?? 0) + 1}`);
        return { chunks: found ? [found.stored] : [], total: found ? 1 : 0 };
      },
      getChunk: ({ params }) => {
        const found = storage.files.get(`${params.session_id}:${params.sequence_number}`);
        if (!found) throw commonErrors.NOT_FOUND();
        return Reply.bytes(200, Readable.from([Buffer.from(found.bytes)]));
      },
    });
    return storage;
  }

  get service(): PretendedService<typeof sessionStorage> {
    if (!this.#service) throw new Error('not started');
    return this.#service;
  }

  /** Seals and keeps a chunk, as a processor that has nothing but the public key. */
  put(sessionId: string, sequenceNumber: number, plaintext: Buffer, key: SealingKey): StoredChunk {
    const recipient = recipientFrom(Buffer.from(key.public_key, 'hex'));
    const sealed = encodeChunk({ plaintext, sessionId, sequenceNumber, recipient, encapsulate });
    const stored: StoredChunk = {
      session_id: sessionId,
      sequence_number: sequenceNumber,
      chunk_hash: sealed.chunkHash,
      size_bytes: sealed.file.length,
      plain_size: plaintext.length,
      plain_hash: sealed.plainHash,
      compression: sealed.compression,
      encryption: { algorithm: key.algorithm, key_id: key.key_id },
      stored_at: new Date(0).toISOString(),
    };
    this.files.set(`${sessionId}:${sequenceNumber}`, { stored, bytes: sealed.file });
    return stored;
  }
}

/** The key service over a real MongoDB, called with `inject`. */
export class RunningKeys {
  readonly identities: TestIdentities;
  readonly app: FastifyInstance;
  readonly deps: Deps;
  readonly #stop: () => Promise<unknown>;

  private constructor(
    identities: TestIdentities,
    app: FastifyInstance,
    deps: Deps,
    stop: () => Promise<unknown>,
  ) {
    this.identities = identities;
    this.app = app;
    this.deps = deps;
    this.#stop = stop;
  }

  static async start(
    mongoUri: string,
    storage: PretendedStorage,
    environment: Record<string, string> = {},
  ): Promise<RunningKeys> {
    const identities = new TestIdentities();
    for (const name of [NAME, 'lucid-api-gateway', ...CALLERS]) identities.pemOf(name);
    const context = testContext({ service: NAME, identities, allowedCallers: CALLERS });
    const settings = config.load({
      ...identities.environment(NAME, CALLERS),
      MONGODB_URI: mongoUri,
      ENCRYPTION_KEY: FIRST_KEK,
      SESSION_STORAGE_URL: storage.service.url,
      ...environment,
    });
    const deps = await connect(settings, context).catch(async (error: unknown) => {
      await context.lifecycle.stop();
      identities[Symbol.dispose]();
      throw error;
    });
    const app = buildApp(settings, deps, context);
    await app.ready();
    return new RunningKeys(identities, app, deps, () => context.lifecycle.stop());
  }

  async call(
    from: string,
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    given: { body?: object; user?: { id: string; role: string }; requestId?: string } = {},
  ) {
    const headers = await this.identities.headers(from, NAME, given.user);
    return this.app.inject({
      method,
      url: `/api/v1${path}`,
      headers: { ...headers, ...(given.requestId ? { 'x-request-id': given.requestId } : {}) },
      ...(given.body ? { payload: given.body } : {}),
    });
  }

  /** Mints the key of a new session. */
  async mint(sessionId: string = randomUUID()): Promise<{ sessionId: string; key: SealingKey }> {
    const answer = await this.call(PIPELINE, 'POST', '/keys', { body: { session_id: sessionId } });
    if (answer.statusCode > 201) throw new Error(answer.body);
    return { sessionId, key: answer.json() as SealingKey };
  }

  open(sessionId: string, sequenceNumber = 1, more: Parameters<RunningKeys['call']>[3] = {}) {
    return this.call(API, 'GET', `/sessions/${sessionId}/chunks/${sequenceNumber}/plaintext`, more);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.#stop();
    this.identities[Symbol.dispose]();
  }
}

/** Looks past the service into its database. */
export async function withDatabase<Value>(
  uri: string,
  look: (keys: Collection<KeyDocument>, audit: Collection<AuditDocument>) => Promise<Value>,
): Promise<Value> {
  const client = await new MongoClient(uri).connect();
  try {
    const database = client.db();
    return await look(
      database.collection<KeyDocument>('encryption_keys'),
      database.collection<AuditDocument>('key_audit_logs'),
    );
  } finally {
    await client.close();
  }
}
