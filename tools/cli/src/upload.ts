import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Clients } from './account.ts';
import { CliError, EXIT_CODE } from './cli-error.ts';
import { Patience, type PatienceOptions } from './patience.ts';

/** One request carries at most this much; the acknowledgement comes at its end. */
const FILE_SEGMENT_BYTES = 64 * 1024 * 1024;
const PIPE_SEGMENT_BYTES = 8 * 1024 * 1024;

export interface UploadOptions extends PatienceOptions {
  sessionId: string;
  recorder: Clients['recorder'];
  /** Told the durable offset after each acknowledgement, and the bytes handed over in between. */
  onProgress: (bytes: number) => void;
}

/** Sends a file from wherever the recorder says it is, again after every interruption. @returns bytes acknowledged */
export async function uploadFile(path: string, sizeBytes: number, options: UploadOptions): Promise<number> {
  const sender = new Sender(options);
  let offset = await sender.offset();
  while (offset < sizeBytes) {
    const end = Math.min(sizeBytes, offset + FILE_SEGMENT_BYTES);
    const from = offset;
    offset = await sender.send(from, () =>
      createReadStream(path, { start: from, end: end - 1, highWaterMark: 1024 * 1024 }),
    );
  }
  return offset;
}

/**
 * Sends a pipe. Each piece is held until it is acknowledged, so that an interruption loses nothing.
 * @returns bytes acknowledged
 */
export async function uploadPipe(pipe: AsyncIterable<Buffer>, options: UploadOptions): Promise<number> {
  const sender = new Sender(options);
  let offset = await sender.offset();
  for await (const piece of inPieces(pipe, PIPE_SEGMENT_BYTES)) {
    const start = offset;
    while (offset < start + piece.length) {
      const from = offset;
      offset = await sender.send(from, () => Readable.from([piece.subarray(from - start)]));
      if (offset < start)
        throw new CliError(
          'the recorder has lost bytes that were read from the pipe already',
          EXIT_CODE.failed,
        );
    }
  }
  return offset;
}

class Sender {
  readonly #options: UploadOptions;
  readonly #patience: Patience;
  #best = 0;

  constructor(options: UploadOptions) {
    this.#options = options;
    this.#patience = new Patience(options);
  }

  /** The durable offset, however often it has to be asked for. */
  async offset(): Promise<number> {
    const { recorder, sessionId } = this.#options;
    for (;;) {
      try {
        const { body } = await recorder.getStream({ params: { session_id: sessionId } });
        return this.#reached(body.durable_offset);
      } catch (error) {
        await this.#patience.interrupted(error);
      }
    }
  }

  /** Sends one segment. @returns the offset to go on from, whether it went through or not */
  async send(from: number, open: () => Readable): Promise<number> {
    const { recorder, sessionId, onProgress } = this.#options;
    const bytes = Readable.from(
      counted(open(), (sent) => onProgress(from + sent)),
      { objectMode: false },
    );
    try {
      const answer = await recorder.appendStream({
        params: { session_id: sessionId },
        headers: { 'upload-offset': String(from) },
        bytes,
      });
      return this.#reached(Number(answer.headers['upload-offset']));
    } catch (error) {
      await this.#patience.interrupted(error);
      return this.offset();
    } finally {
      bytes.destroy();
    }
  }

  #reached(offset: number): number {
    if (offset > this.#best) {
      this.#best = offset;
      this.#patience.progressed();
    }
    this.#options.onProgress(offset);
    return offset;
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

async function* inPieces(pipe: AsyncIterable<Buffer>, sizeBytes: number): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const part of pipe) {
    held.push(part);
    heldBytes += part.length;
    if (heldBytes < sizeBytes) continue;
    yield Buffer.concat(held);
    held = [];
    heldBytes = 0;
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}
