import { systemClock } from '@lucid/clock';
import { MIB, sha256Of } from './material.ts';
import { PersistentSession } from './persistent-session.ts';
import type { Person } from './person.ts';

const PIECE_MS = 150;
const OCTETS = { 'content-type': 'application/octet-stream' };

/**
 * A client that trusts every acknowledgement: it forgets what was acknowledged, and so notices when the recorder, killed or
 * not, ever goes back behind it.
 */
export class AckedUpload {
  readonly #session: PersistentSession;
  readonly #bytes: Buffer;
  #acknowledged = 0;
  #isUploading = false;
  /** Times at which an acknowledged byte was asked for again; must stay empty. */
  readonly broken: string[] = [];

  constructor(person: Person, bytes: Buffer) {
    this.#session = new PersistentSession(person);
    this.#bytes = bytes;
  }

  get sessionId(): string {
    return this.#session.id;
  }

  get phase(): 'uploading' | undefined {
    return this.#isUploading ? 'uploading' : undefined;
  }

  get acknowledgedBytes(): number {
    return this.#acknowledged;
  }

  /** What has been acknowledged of the bytes. */
  get material() {
    const bytes = this.#bytes.subarray(0, this.#acknowledged);
    return { sizeBytes: bytes.length, sha256: sha256Of(bytes) };
  }

  /** Uploads until it is told to stop or has no more, then waits for the end of the session. */
  async run(until: () => boolean): Promise<void> {
    await this.#session.begin({ name: 'trusting', chunk_size_bytes: 3 * MIB });
    this.#isUploading = true;
    while (!until() && this.#acknowledged < this.#bytes.length) {
      await this.#append();
      await systemClock.sleep(PIECE_MS); // the pace of the source
    }
    this.#isUploading = false;
    await this.#session.finish();
  }

  /** Sends a piece; whatever comes of it, the recorder says how far it is. */
  async #append(): Promise<void> {
    const offset = this.#acknowledged;
    const body = this.#bytes.subarray(offset, offset + MIB);
    const headers = { ...OCTETS, 'upload-offset': String(offset) };
    const answer = await this.#session.ask({ method: 'PATCH', path: '/stream', headers, body });
    if (answer?.status === 204) this.#reached(Number(answer.headers['upload-offset']), offset + body.length);
    else {
      const { json } = await this.#session.sure({ path: `/${this.sessionId}/stream` });
      const { durable_offset } = json as { durable_offset: number };
      this.#reached(durable_offset, offset);
    }
  }

  /** @param least what the recorder must have */
  #reached(durable: number, least: number): void {
    if (durable < least) this.broken.push(`${durable} after ${least}`);
    this.#acknowledged = durable;
  }
}
