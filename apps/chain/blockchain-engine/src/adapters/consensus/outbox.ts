/** A message in its form on the wire, made once however many peers it goes to. */
export interface WireText {
  text: string;
  sizeBytes: number;
}

export function toWire(message: Readonly<Record<string, unknown>>): WireText {
  const text = JSON.stringify(message);
  return { text, sizeBytes: Buffer.byteLength(text) };
}

const MOST_PER_CALL = 500;
const BYTES_PER_CALL = 2 * 1024 * 1024;
const MOST_WAITING_BYTES = 64 * 1024 * 1024;

/** What waits for one peer. Beyond 64 MiB the oldest go: whoever needs them is sent them again, or the blocks. */
export class Outbox {
  readonly #limitBytes: number;
  readonly #waiting: WireText[] = [];
  #bytes = 0;

  constructor(limitBytes = MOST_WAITING_BYTES) {
    this.#limitBytes = limitBytes;
  }

  add(message: WireText): void {
    this.#waiting.push(message);
    this.#bytes += message.sizeBytes;
    while (this.#bytes > this.#limitBytes && this.#waiting.length > 1) this.#shift();
  }

  /** The messages of the next call, comma-separated; undefined when nothing waits. One message goes out whatever its size. */
  take(): string | undefined {
    const texts: string[] = [];
    let bytes = 0;
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      if (texts.length === MOST_PER_CALL || (texts.length > 0 && bytes + next.sizeBytes > BYTES_PER_CALL))
        break;
      bytes += next.sizeBytes;
      texts.push(next.text);
      this.#shift();
    }
    return texts.length === 0 ? undefined : texts.join(',');
  }

  #shift(): void {
    this.#bytes -= this.#waiting.shift()?.sizeBytes ?? 0;
  }
}
