/** Cuts a byte stream into messages. */
import { errors } from '../../errors.ts';
import { HEADER_BYTES, MAX_MESSAGE_BYTES } from './messages.ts';

export class FrameReader {
  #chunks: Buffer[] = [];
  #buffered = 0;
  #wanted = HEADER_BYTES;

  /** @returns the messages complete by now. @throws CommandError ProtocolError for an impossible length */
  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    const messages: Buffer[] = [];
    while (this.#buffered >= this.#wanted) {
      const bytes = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
      const length = bytes.readInt32LE(0);
      if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES)
        throw errors.protocolError(
          `message length ${length} is not between ${HEADER_BYTES} and ${MAX_MESSAGE_BYTES}`,
        );
      this.#wanted = length;
      if (bytes.length < length) {
        this.#chunks = [bytes];
        break;
      }
      messages.push(bytes.subarray(0, length));
      const rest = bytes.subarray(length);
      this.#chunks = rest.length > 0 ? [rest] : [];
      this.#buffered = rest.length;
      this.#wanted = HEADER_BYTES;
    }
    return messages;
  }
}
