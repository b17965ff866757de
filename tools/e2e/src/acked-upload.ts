import { systemClock } from '@lucid/clock';
import type { Session } from '@lucid/contracts';
import { eventually } from '@lucid/testing';
import type { Answer, Question } from './gateway.ts';
import { MIB, sha256Of } from './material.ts';
import type { Person } from './person.ts';

/** Longer than it takes until everything that was killed is back. */
const PATIENCE_MS = 120_000;
const PIECE_MS = 150;
const OCTETS = { 'content-type': 'application/octet-stream' };

/**
 * A client that trusts every acknowledgement: it forgets what was acknowledged, and so notices when the recorder, killed or
 * not, ever goes back behind it.
 */
export class AckedUpload {
  readonly #person: Person;
  readonly #bytes: Buffer;
  #sessionId: string | undefined;
  #acknowledged = 0;
  #isUploading = false;
  /** Times at which an acknowledged byte was asked for again; must stay empty. */
  readonly broken: string[] = [];

  constructor(person: Person, bytes: Buffer) {
    this.#person = person;
    this.#bytes = bytes;
  }

  get sessionId(): string {
    return this.#sessionId ?? 'none yet';
  }

  get phase(): 'uploading' | undefined {
    return this.#isUploading ? 'uploading' : undefined;
  }

  /** What has been acknowledged of the bytes. */
  get material() {
    const bytes = this.#bytes.subarray(0, this.#acknowledged);
    return { sizeBytes: bytes.length, sha256: sha256Of(bytes) };
  }

  /** Uploads until it is told to stop or has no more, then waits for the end of the session. */
  async run(until: () => boolean): Promise<void> {
    const created = await this.#sure({
      method: 'POST',
      path: '',
      body: { name: 'trusting', chunk_size_bytes: 3 * MIB },
    });
    this.#sessionId = (created.json as Session).session_id;
    await this.#sure({ method: 'POST', path: `/${this.sessionId}/start` });
    await this.#reaches('recording');
    this.#isUploading = true;
    while (!until() && this.#acknowledged < this.#bytes.length) {
      await this.#append();
      await systemClock.sleep(PIECE_MS); // the pace of the source
    }
    this.#isUploading = false;
    await this.#sure({ method: 'POST', path: `/${this.sessionId}/stop` });
    await this.#reaches('completed');
  }

  /** Sends a piece; whatever comes of it, the recorder says how far it is. */
  async #append(): Promise<void> {
    const offset = this.#acknowledged;
    const body = this.#bytes.subarray(offset, offset + MIB);
    const headers = { ...OCTETS, 'upload-offset': String(offset) };
    const answer = await this.#person
      .ask({ method: 'PATCH', path: `/api/v1/sessions/${this.sessionId}/stream`, headers, body })
      .catch(() => undefined); // cut off: nobody knows how much of it arrived
    if (answer?.status === 204) this.#reached(Number(answer.headers['upload-offset']), offset + body.length);
    else {
      const { json } = await this.#sure({ path: `/${this.sessionId}/stream` });
      const { durable_offset } = json as { durable_offset: number };
      this.#reached(durable_offset, offset);
    }
  }

  /** @param least what the recorder must have */
  #reached(durable: number, least: number): void {
    if (durable < least) this.broken.push(`${durable} after ${least}`);
    this.#acknowledged = durable;
  }

  #reaches(status: Session['status']): Promise<unknown> {
    return eventually(
      `session ${this.sessionId} is ${status}`,
      async () => (await this.#person.get<Session>(`/sessions/${this.sessionId}`)).status === status,
      { timeoutMs: PATIENCE_MS, pauseMs: 200 },
    );
  }

  /** Asks below `/sessions` until it works. */
  #sure(question: Question): Promise<Answer> {
    const once = async () => {
      const answer = await this.#person.ask({ ...question, path: `/api/v1/sessions${question.path}` });
      return answer.status < 300 ? answer : undefined;
    };
    return eventually(`${question.method ?? 'GET'} ${question.path}`, once, {
      timeoutMs: PATIENCE_MS,
      pauseMs: 100,
    });
  }
}
