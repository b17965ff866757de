import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { publicKeyOf } from '@lucid/chunk-codec';
import type { ClaimedChunk, ReceivedChunk, Recording, SealingKey } from '@lucid/contracts';
import type { TestIdentities } from '@lucid/testing';

const RECORDER = 'lucid-session-recorder';
const MIB = 1024 * 1024;

/** Of a session that nobody opens in these tests. */
export const SEALING_KEY: SealingKey = {
  key_id: randomUUID(),
  algorithm: 'HPKE-X25519-SHA256-AES256GCM',
  public_key: publicKeyOf(randomBytes(32)).toString('hex'),
};

export interface Offsets {
  status: number;
  durable: number;
  stored: number;
  code?: string;
  ownerAddress?: string | null;
}

export interface HandedIn {
  status: number;
  chunk: ReceivedChunk;
  ownerAddress: string | null;
  code?: string;
  details?: Record<string, unknown>;
}

/** What the gateway, the pipeline and a processor say to a recorder, over real HTTP. */
export class RecorderClient {
  readonly #identities: TestIdentities;
  readonly userId: string;
  readonly sessionId: string;
  address: string;

  constructor(
    identities: TestIdentities,
    address: string,
    sessionId: string = randomUUID(),
    userId: string = randomUUID(),
  ) {
    this.#identities = identities;
    this.address = address;
    this.sessionId = sessionId;
    this.userId = userId;
  }

  async start(given: Record<string, unknown> = {}): Promise<Recording> {
    const answer = await this.asPipeline('POST', '/recordings/start', {
      session_id: this.sessionId,
      owner_id: this.userId,
      chunk_size_bytes: MIB,
      max_size_bytes: 1024 * MIB,
      compression_enabled: true,
      sealing_key: SEALING_KEY,
      ...given,
    });
    if (answer.status > 201) throw new Error(`start: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Recording;
  }

  async stop(): Promise<Recording> {
    const answer = await this.asPipeline('POST', `/recordings/${this.sessionId}/stop`);
    if (answer.status !== 200) throw new Error(`stop: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Recording;
  }

  async pause(): Promise<Recording> {
    return this.#control('pause');
  }

  async resume(): Promise<Recording> {
    return this.#control('resume');
  }

  async #control(action: string): Promise<Recording> {
    const answer = await this.asPipeline('POST', `/recordings/${this.sessionId}/${action}`);
    if (answer.status !== 200) throw new Error(`${action}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Recording;
  }

  /** Hands in a chunk that the client has cut. */
  async chunk(
    sequence: number,
    bytes: Buffer,
    { hash = createHash('sha256').update(bytes).digest('hex'), userId = this.userId } = {},
  ): Promise<HandedIn> {
    const user = { id: userId, role: 'user' };
    const answer = await fetch(this.#url(`/sessions/${this.sessionId}/chunks`), {
      method: 'POST',
      headers: {
        ...(await this.#identities.headers('lucid-api-gateway', RECORDER, user)),
        'content-type': 'application/octet-stream',
        'x-chunk-sequence': String(sequence),
        'x-chunk-sha256': hash,
      },
      body: bytes,
    });
    const body = (await answer.json()) as ReceivedChunk & {
      error?: { code: string; details?: Record<string, unknown> };
    };
    const ownerAddress = answer.headers.get('x-owner-address');
    return { status: answer.status, ownerAddress, chunk: body, ...(body.error ?? {}) };
  }

  async get(): Promise<Recording> {
    return (await (await this.asPipeline('GET', `/recordings/${this.sessionId}`)).json()) as Recording;
  }

  async head(userId = this.userId): Promise<Offsets> {
    return offsetsOf(await this.#stream('HEAD', userId));
  }

  async patch(
    offset: number,
    body: string | Uint8Array | AsyncIterable<Uint8Array>,
    userId = this.userId,
  ): Promise<Offsets> {
    return offsetsOf(await this.#stream('PATCH', userId, offset, body));
  }

  /** The same, and there is no more. */
  async patchLast(offset: number, body: Uint8Array): Promise<Offsets> {
    return offsetsOf(await this.#stream('PATCH', this.userId, offset, body, { 'upload-complete': '?1' }));
  }

  async #stream(
    method: string,
    userId: string,
    offset?: number,
    body?: unknown,
    more: Record<string, string> = {},
  ): Promise<Response> {
    const user = { id: userId, role: 'user' };
    const headers = await this.#identities.headers('lucid-api-gateway', RECORDER, user);
    return fetch(this.#url(`/sessions/${this.sessionId}/stream`), {
      method,
      headers: {
        ...headers,
        ...more,
        ...(offset === undefined
          ? {}
          : { 'upload-offset': String(offset), 'content-type': 'application/octet-stream' }),
      },
      ...(body === undefined ? {} : { body: body as never, duplex: 'half' }),
    });
  }

  asPipeline(method: string, path: string, body?: unknown): Promise<Response> {
    return this.#call('lucid-session-pipeline', method, path, body);
  }

  /** By way of the gateway. */
  async asPerson(role: 'user' | 'admin', method: string, path: string): Promise<Response> {
    const headers = await this.#identities.headers('lucid-api-gateway', RECORDER, { id: this.userId, role });
    return fetch(this.#url(path), { method, headers: { ...headers, 'x-forwarded-for': '192.0.2.1' } });
  }

  asProcessor(method: string, path: string, body?: unknown): Promise<Response> {
    return this.#call('lucid-chunk-processor', method, path, body);
  }

  async claim(max = 16, leaseMs = 30_000): Promise<ClaimedChunk[]> {
    const body = { worker_id: 'test', lease_ms: leaseMs, max };
    const answer = await this.asProcessor('POST', '/chunks/claim', body);
    return ((await answer.json()) as { chunks: ClaimedChunk[] }).chunks;
  }

  async plaintext(chunk: Pick<ClaimedChunk, 'session_id' | 'sequence_number'>): Promise<Buffer> {
    const path = `/recordings/${chunk.session_id}/chunks/${chunk.sequence_number}/raw`;
    const answer = await this.asProcessor('GET', path);
    if (answer.status !== 200) throw new Error(`raw: ${answer.status} ${await answer.text()}`);
    return Buffer.from(await answer.arrayBuffer());
  }

  complete(chunk: ClaimedChunk, hash = chunk.plain_hash): Promise<Response> {
    return this.asProcessor('POST', `/chunks/${chunk.chunk_id}/complete`, {
      lease_token: chunk.lease_token,
      chunk_hash: hash,
      size_bytes: chunk.plain_size + 48,
      compression: { algorithm: 'none', level: 0, ratio: 1 },
      encryption: { algorithm: SEALING_KEY.algorithm, key_id: SEALING_KEY.key_id },
    });
  }

  fail(chunk: ClaimedChunk, given: { retryable: boolean; fault?: 'data' | 'system' }): Promise<Response> {
    return this.asProcessor('POST', `/chunks/${chunk.chunk_id}/fail`, {
      lease_token: chunk.lease_token,
      reason: 'as the test wants it',
      ...given,
    });
  }

  async #call(from: string, method: string, path: string, body?: unknown): Promise<Response> {
    const headers = await this.#identities.headers(from, RECORDER);
    return fetch(this.#url(path), {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  #url(path: string): string {
    return `http://${this.address}/api/v1${path}`;
  }
}

async function offsetsOf(answer: Response): Promise<Offsets> {
  const body = answer.status >= 400 ? await answer.text() : '';
  const code = body ? (JSON.parse(body) as { error: { code: string } }).error.code : undefined;
  return {
    status: answer.status,
    durable: Number(answer.headers.get('upload-offset') ?? Number.NaN),
    stored: Number(answer.headers.get('upload-stored-offset') ?? Number.NaN),
    ...(code ? { code } : {}),
    ownerAddress: answer.headers.get('x-owner-address'),
  };
}
