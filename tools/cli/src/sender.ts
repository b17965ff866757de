import { Readable } from 'node:stream';
import { systemClock } from '@lucid/clock';
import type { Recording } from '@lucid/contracts';
import type { Clients } from './account.ts';
import { Patience, type PatienceOptions } from './patience.ts';

const POLL_MS = 200;

export interface SenderOptions extends PatienceOptions {
  sessionId: string;
  recorder: Clients['recorder'];
  /** Told the durable offset after each acknowledgement, and the bytes handed over in between. */
  onProgress: (bytes: number) => void;
}

/** `durable`: on the disk of one recorder. `stored`: beyond the loss of that recorder. */
export interface Offsets {
  durable: number;
  stored: number;
  status: Recording['status'];
}

const NOTHING: Offsets = { durable: 0, stored: 0, status: 'recording' };

/** Sends segments and asks how far the recorder is, however often that takes. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #patience: Patience;
  #best = NOTHING;
  #last = NOTHING;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#patience = new Patience(options);
  }

  /** As the recorder last said them. */
  get offsets(): Offsets {
    return this.#last;
  }

  /** Asks for the offsets until there is an answer. @returns the durable one */
  async offset(): Promise<number> {
    const { recorder, sessionId } = this.#options;
    for (;;) {
      try {
        const { body } = await recorder.getStream({ params: { session_id: sessionId } });
        const { durable_offset: durable, stored_offset: stored, status } = body;
        this.#reached({ durable, stored, status });
        return durable;
      } catch (error) {
        await this.#patience.interrupted(error);
      }
    }
  }

  /**
   * Sends one segment; `offsets` say where to go on. @param isLast nothing comes after it: all of it goes to storage
   * @returns whether it went through
   */
  async send(from: number, open: () => Readable, isLast = false): Promise<boolean> {
    const { recorder, sessionId, onProgress } = this.#options;
    const bytes = Readable.from(
      counted(open(), (sent) => onProgress(from + sent)),
      { objectMode: false },
    );
    try {
      const { headers } = await recorder.appendStream({
        params: { session_id: sessionId },
        headers: { 'upload-offset': String(from), ...(isLast ? { 'upload-complete': '?1' } : {}) },
        bytes,
      });
      this.#reached({
        durable: Number(headers['upload-offset']),
        stored: Number(headers['upload-stored-offset']),
        status: 'recording',
      });
      return true;
    } catch (error) {
      await this.#patience.interrupted(error);
      await this.offset();
      return false;
    } finally {
      bytes.destroy();
    }
  }

  /**
   * Waits until storage has everything before `offset` (`stored`), or the recorder has gone back behind `durable` because
   * its disk is lost (`lost`), or the recording is over or nothing has moved for `patienceMs` (`stuck`).
   */
  async untilStored(
    offset: number,
    durable = offset,
    patienceMs = this.#options.patienceMs,
  ): Promise<'stored' | 'lost' | 'stuck'> {
    const { clock = systemClock } = this.#options;
    let { stored } = this.#last;
    let movedMs = clock.monotonicMs();
    for (;;) {
      if (this.#last.stored >= offset) return 'stored';
      if (this.#last.durable < durable) return 'lost';
      if (!['starting', 'recording', 'paused'].includes(this.#last.status)) return 'stuck';
      if (this.#last.stored > stored) movedMs = clock.monotonicMs();
      else if (clock.monotonicMs() - movedMs > patienceMs) return 'stuck';
      stored = this.#last.stored;
      await clock.sleep(POLL_MS);
      await this.offset();
    }
  }

  /** Progress is what was never reached before: going back and forth is none. */
  #reached(offsets: Offsets): void {
    const durable = Math.max(offsets.durable, this.#best.durable);
    const stored = Math.max(offsets.stored, this.#best.stored);
    if (durable > this.#best.durable || stored > this.#best.stored) this.#patience.progressed();
    this.#best = { ...offsets, durable, stored };
    this.#last = offsets;
    this.#options.onProgress(offsets.durable);
  }
}

async function* counted(bytes: Readable, onSent: (sent: number) => void): AsyncGenerator<Buffer> {
  let sent = 0;
  for await (const part of bytes as AsyncIterable<Buffer>) {
    sent += part.length;
    onSent(sent);
    yield part;
  }
}
