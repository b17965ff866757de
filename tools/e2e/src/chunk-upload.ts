import type { Random } from '@lucid/clock';
import { systemClock } from '@lucid/clock';
import { MIB, sha256Of } from './material.ts';
import { PersistentSession } from './persistent-session.ts';
import type { Person } from './person.ts';
import { between } from './seed.ts';

const PAUSE_MS = 150;
/** Chunks on their way at the same time, so that they arrive out of order. */
const AT_ONCE = 3;

/**
 * A client that cuts its recording itself and sends the chunks side by side. It forgets each one that was acknowledged; one that was
 * cut off is sent again, which must change nothing where it had arrived.
 */
export class ChunkUpload {
  readonly #session: PersistentSession;
  readonly #chunks: readonly Buffer[];
  #isUploading = false;
  #next = 0;
  #sent = 0;
  /** Answers that are neither an acknowledgement nor a failure that passes; must stay empty. */
  readonly broken: string[] = [];

  constructor(person: Person, bytes: Buffer, random: Random) {
    this.#session = new PersistentSession(person);
    this.#chunks = cut(bytes, random);
  }

  get sessionId(): string {
    return this.#session.id;
  }

  get phase(): 'uploading' | undefined {
    return this.#isUploading ? 'uploading' : undefined;
  }

  /** What has been acknowledged: every chunk before the first that was not begun. */
  get material() {
    const bytes = Buffer.concat(this.#chunks.slice(0, this.#sent));
    return { sizeBytes: bytes.length, sha256: sha256Of(bytes) };
  }

  /** Sends until it is told to stop or has no more, then waits for the end of the session. */
  async run(until: () => boolean): Promise<void> {
    await this.#session.begin({ name: 'cut by the client' });
    this.#isUploading = true;
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.#sender(until)));
    this.#sent = this.#next;
    this.#isUploading = false;
    await this.#session.finish();
  }

  async #sender(until: () => boolean): Promise<void> {
    while (!until() && this.#next < this.#chunks.length) {
      const at = this.#next;
      this.#next += 1;
      await this.#send(at);
      await systemClock.sleep(PAUSE_MS); // the pace of the source
    }
  }

  /** Sends one chunk until it is acknowledged. */
  async #send(at: number): Promise<void> {
    const body = this.#chunks[at] ?? Buffer.alloc(0);
    const headers = {
      'content-type': 'application/octet-stream',
      'x-chunk-sequence': String(at + 1),
      'x-chunk-sha256': sha256Of(body),
    };
    for (;;) {
      const answer = await this.#session.ask({ method: 'POST', path: '/chunks', headers, body });
      if (answer && answer.status < 300) return;
      if (answer && answer.status < 500 && answer.status !== 421 && answer.status !== 429)
        this.broken.push(`chunk ${at + 1}: ${answer.status} ${answer.text.slice(0, 200)}`);
      if (this.broken.length > 0) return;
      await systemClock.sleep(PAUSE_MS); // whoever was killed is on its way back
    }
  }
}

/** Pieces of 256 KiB to 2 MiB. */
function cut(bytes: Buffer, random: Random): Buffer[] {
  const pieces: Buffer[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const sizeBytes = Math.floor(between(random, MIB / 4, 2 * MIB));
    pieces.push(bytes.subarray(offset, offset + sizeBytes));
    offset += sizeBytes;
  }
  return pieces;
}
