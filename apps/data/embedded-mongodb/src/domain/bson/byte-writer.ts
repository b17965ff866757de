/** A growing byte buffer with the few order-preserving encodings the key encoding needs. All numbers are big-endian. */
export class ByteWriter {
  #buffer = Buffer.allocUnsafe(64);
  length = 0;

  #room(size: number): number {
    const at = this.length;
    if (at + size > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, at + size));
      this.#buffer.copy(larger, 0, 0, at);
      this.#buffer = larger;
    }
    this.length += size;
    return at;
  }

  byte(value: number): void {
    const at = this.#room(1);
    this.#buffer[at] = value;
  }

  uint16(value: number): void {
    const at = this.#room(2);
    this.#buffer.writeUInt16BE(value, at);
  }

  uint32(value: number): void {
    const at = this.#room(4);
    this.#buffer.writeUInt32BE(value, at);
  }

  zeros(size: number): void {
    const at = this.#room(size);
    this.#buffer.fill(0, at, at + size);
  }

  /** Positive doubles get their sign bit set, negative ones are inverted: then bytes order as the numbers do. */
  orderedDouble(value: number): void {
    const at = this.#room(8);
    this.#buffer.writeDoubleBE(value, at);
    const first = this.#buffer[at] as number;
    if (first < 0x80) this.#buffer[at] = first | 0x80;
    else this.invert(at);
  }

  orderedInt64(value: bigint): void {
    const at = this.#room(8);
    this.#buffer.writeBigUInt64BE(BigInt.asUintN(64, value) ^ (1n << 63n), at);
  }

  ascii(value: string): void {
    const at = this.#room(value.length);
    this.#buffer.write(value, at, 'latin1');
  }

  text(value: string): void {
    const at = this.#room(Buffer.byteLength(value));
    this.#buffer.write(value, at, 'utf8');
  }

  escapedText(value: string): void {
    if (value.includes('\0')) {
      const parts = value.split('\0');
      parts.forEach((part, index) => {
        this.text(part);
        if (index < parts.length - 1) this.uint16(0x00ff);
      });
    } else this.text(value);
    this.uint16(0);
  }

  bytes(value: Uint8Array): void {
    const at = this.#room(value.length);
    this.#buffer.set(value, at);
  }

  /** Inverts everything written since `start`. */
  invert(start: number): void {
    for (let i = start; i < this.length; i++) this.#buffer[i] = ~(this.#buffer[i] as number) & 0xff;
  }

  take(): Buffer {
    return this.#buffer.subarray(0, this.length);
  }
}
