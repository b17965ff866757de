import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { ChunkMetadata } from '@lucid/contracts';
import type { ServiceContext } from '@lucid/service';
import { type TemporaryFolder, TestIdentities, temporaryFolder, testContext } from '@lucid/testing';
import type { FastifyInstance } from 'fastify';
import { connect } from '../../src/adapters/connect.ts';
import type { Deps } from '../../src/adapters/deps.ts';
import { buildApp } from '../../src/app.ts';
import { config, type Settings } from '../../src/config.ts';

export const NAME = 'lucid-session-storage';
export const PROCESSOR = 'lucid-chunk-processor';
export const CALLERS = [PROCESSOR, 'lucid-session-pipeline', 'lucid-session-api'] as const;

export const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

export const METADATA: ChunkMetadata = {
  plain_size: 5,
  plain_hash: sha256('plain'),
  compression: { algorithm: 'zstd', level: 3, ratio: 0.5 },
  encryption: { algorithm: 'HPKE-X25519-SHA256-AES256GCM', key_id: randomUUID() },
};

export const encoded = (metadata: unknown): string =>
  Buffer.from(JSON.stringify(metadata)).toString('base64url');

export const putHeaders = (bytes: Buffer, hash = sha256(bytes)): Record<string, string> => ({
  'content-type': 'application/octet-stream',
  'x-chunk-sha256': hash,
  'x-chunk-metadata': encoded(METADATA),
});

export const chunkPath = (sessionId: string, sequence: number | string): string =>
  `/api/v1/sessions/${sessionId}/chunks/${sequence}`;

interface Given {
  headers?: Record<string, string>;
  payload?: object;
}

/** Storage over a real MongoDB and a temporary folder, called with `inject`. */
export class RunningStorage {
  readonly identities = new TestIdentities();
  readonly data: TemporaryFolder = temporaryFolder('storage');
  readonly context: ServiceContext;
  readonly settings: Settings;
  #deps: Deps | undefined;
  #app: FastifyInstance | undefined;

  private constructor(mongoUri: string, environment: Record<string, string>) {
    for (const name of [NAME, 'lucid-api-gateway', ...CALLERS]) this.identities.pemOf(name);
    this.context = testContext({
      service: NAME,
      identities: this.identities,
      allowedCallers: CALLERS,
    });
    this.settings = config.load({
      ...this.identities.environment(NAME, CALLERS),
      MONGODB_URI: mongoUri,
      DATA_DIR: this.data.path,
      MIN_FREE_DISK_MB: '0',
      ...environment,
    });
  }

  static async start(mongoUri: string, environment: Record<string, string> = {}): Promise<RunningStorage> {
    const storage = new RunningStorage(mongoUri, environment);
    storage.#deps = await connect(storage.settings, storage.context);
    storage.#app = buildApp(storage.settings, storage.#deps, storage.context);
    return storage;
  }

  get deps(): Deps {
    if (!this.#deps) throw new Error('not started');
    return this.#deps;
  }

  get app(): FastifyInstance {
    if (!this.#app) throw new Error('not started');
    return this.#app;
  }

  asProcessor(): Promise<Record<string, string>> {
    return this.identities.headers(PROCESSOR, NAME);
  }

  async put(sessionId: string, sequence: number, bytes: Buffer = randomBytes(100), hash = sha256(bytes)) {
    const headers = { ...(await this.asProcessor()), ...putHeaders(bytes, hash) };
    return this.app.inject({ method: 'PUT', url: chunkPath(sessionId, sequence), headers, payload: bytes });
  }

  async call(method: 'GET' | 'HEAD' | 'DELETE' | 'PUT' | 'POST', url: string, given: Given = {}) {
    const headers = { ...(await this.asProcessor()), ...given.headers };
    return this.app.inject({ method, url, headers, ...(given.payload ? { payload: given.payload } : {}) });
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.context.lifecycle.stop();
    this.data.remove();
    this.identities[Symbol.dispose]();
  }
}
