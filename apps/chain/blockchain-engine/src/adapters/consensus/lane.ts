import { Outbox, type WireText } from './outbox.ts';

/** One call at a time, in the order of sending. */
export class Lane {
  readonly #outbox = new Outbox();
  #isSending = false;

  /** @param deliver must not reject */
  send(message: WireText, deliver: (body: string) => Promise<void>): void {
    this.#outbox.add(message);
    if (!this.#isSending) void this.#sendAll(deliver);
  }

  async #sendAll(deliver: (body: string) => Promise<void>): Promise<void> {
    this.#isSending = true;
    for (let body = this.#outbox.take(); body; body = this.#outbox.take()) await deliver(body);
    this.#isSending = false;
  }
}
