import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Recording, SealingKey } from '@lucid/contracts';
import {
  eventually,
  freePort,
  type SpawnedService,
  spawnService,
  startDns,
  startTestMongo,
  TestIdentities,
  type TestMongo,
  type TinyDns,
  temporaryFolder,
} from '@lucid/testing';
import { ANY_INSPECTOR_PORT } from './inspector.ts';

const APPS = join(import.meta.dirname, '../../..');
const MIB = 1024 * 1024;
export const KEYS = 'lucid-session-keys';
export const RECORDER = 'lucid-session-recorder';
export const PROCESSOR = 'lucid-chunk-processor';
export const STORAGE = 'lucid-session-storage';
/** As the model of the system has it for these two. */
const FORGETS = { MALLOC_PERTURB_: '165' };
const OTHERS = ['lucid-session-pipeline', 'lucid-session-api', 'lucid-api-gateway'];

/** Real key service, recorder, processor and storage over a real MongoDB; the test is pipeline, gateway and session-api. */
export class Cluster implements AsyncDisposable {
  readonly identities = new TestIdentities();
  readonly userId = randomUUID();
  readonly kek = '0f1e2d3c4b5a69788796a5b4c3d2e1f0'.repeat(2);
  readonly #folder = temporaryFolder('write-only');
  readonly #services = new Map<string, SpawnedService>();
  #mongo: TestMongo | undefined;
  #dns: TinyDns | undefined;

  static async start(environment: Record<string, Record<string, string>> = {}): Promise<Cluster> {
    const cluster = new Cluster();
    try {
      await cluster.#start(environment);
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  get mongoUri(): string {
    if (!this.#mongo) throw new Error('not started');
    return this.#mongo.uri(`write_only_${process.pid}`);
  }

  service(name: string): SpawnedService {
    const found = this.#services.get(name);
    if (!found) throw new Error(`${name} is not running`);
    return found;
  }

  /** Everything a service may keep: its data folder, its working folder for temporary files. */
  folderOf(name: string): string {
    return join(this.#folder.path, name);
  }

  async #start(environment: Record<string, Record<string, string>>): Promise<void> {
    for (const name of [KEYS, RECORDER, PROCESSOR, STORAGE, ...OTHERS]) this.identities.pemOf(name);
    [this.#mongo, this.#dns] = await Promise.all([startTestMongo(), startDns()]);
    const ports = new Map<string, number>();
    for (const name of [KEYS, RECORDER, STORAGE]) ports.set(name, await freePort());
    const urls = {
      SESSION_RECORDER_URL: `http://${RECORDER}:${ports.get(RECORDER)}`,
      SESSION_STORAGE_URL: `http://${STORAGE}:${ports.get(STORAGE)}`,
      DNS_SERVERS: this.#dns.address,
    };
    const start = async (name: string, callers: string[], given: Record<string, string>) => {
      const folder = this.folderOf(name);
      mkdirSync(join(folder, 'tmp'), { recursive: true });
      const service = await spawnService({
        main: join(APPS, name.replace('lucid-', ''), 'src/main.ts'),
        ...(ports.has(name) ? { port: ports.get(name) ?? 0 } : {}),
        environment: {
          INSTANCE_ID: `${name}-1`,
          NODE_OPTIONS: ANY_INSPECTOR_PORT,
          LOG_LEVEL: 'debug',
          TMPDIR: join(folder, 'tmp'),
          ...this.identities.environment(name, callers),
          ...given,
          ...environment[name],
        },
      });
      this.#services.set(name, service);
    };
    const database = { MONGODB_URI: this.mongoUri };
    const dataOf = (name: string) => ({ DATA_DIR: join(this.folderOf(name), 'data') });
    await Promise.all([
      start(STORAGE, [PROCESSOR, KEYS], { ...database, ...dataOf(STORAGE), MIN_FREE_DISK_MB: '0' }),
      start(RECORDER, [PROCESSOR, ...OTHERS], { ...database, ...FORGETS, ...dataOf(RECORDER) }),
      start(KEYS, OTHERS, { ...database, ...urls, ENCRYPTION_KEY: this.kek }),
    ]);
    await start(PROCESSOR, [], { ...urls, ...FORGETS, CHUNK_PROCESSING_WORKERS: '2', CLAIM_IDLE_MS: '20' });
  }

  async call(from: string, to: string, method: string, path: string, body?: unknown): Promise<Response> {
    const user = from === 'lucid-session-pipeline' ? undefined : { id: this.userId, role: 'user' };
    const answer = await fetch(`${this.service(to).url}/api/v1${path}`, {
      method,
      headers: {
        ...(await this.identities.headers(from, to, user)),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }

  /** Records the bytes as one session, and waits until all of it is in storage. @returns its id */
  async record(bytes: Buffer): Promise<string> {
    const sessionId = randomUUID();
    const asPipeline = (to: string, method: string, path: string, body?: unknown) =>
      this.call('lucid-session-pipeline', to, method, path, body);
    const key = (await (
      await asPipeline(KEYS, 'POST', '/keys', { session_id: sessionId })
    ).json()) as SealingKey;
    await asPipeline(RECORDER, 'POST', '/recordings/start', {
      session_id: sessionId,
      owner_id: this.userId,
      chunk_size_bytes: MIB,
      max_size_bytes: 1024 * MIB,
      compression_enabled: true,
      sealing_key: key,
    });
    await this.#upload(sessionId, bytes);
    await asPipeline(RECORDER, 'POST', `/recordings/${sessionId}/stop`);
    await eventually(
      'every chunk is in storage',
      async () => {
        const answer = await asPipeline(RECORDER, 'GET', `/recordings/${sessionId}`);
        const recording = (await answer.json()) as Recording;
        return recording.stored_offset === bytes.length && recording.status === 'stopped';
      },
      { timeoutMs: 60_000 },
    );
    return sessionId;
  }

  async #upload(sessionId: string, bytes: Buffer): Promise<void> {
    const user = { id: this.userId, role: 'user' };
    const answer = await fetch(`${this.service(RECORDER).url}/api/v1/sessions/${sessionId}/stream`, {
      method: 'PATCH',
      headers: {
        ...(await this.identities.headers('lucid-api-gateway', RECORDER, user)),
        'upload-offset': '0',
        'content-type': 'application/octet-stream',
      },
      body: bytes,
    });
    if (!answer.ok) throw new Error(`upload: ${answer.status} ${await answer.text()}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const service of this.#services.values()) await service.kill();
    await this.#mongo?.close();
    await this.#dns?.close();
    this.identities[Symbol.dispose]();
    this.#folder.remove();
  }
}
