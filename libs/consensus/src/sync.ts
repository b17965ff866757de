// Which peer to ask for blocks.
//
//  level ──a peer is higher──▶ asking ──blocks, and nobody is higher──▶ level
//                               ▲  │
//                               └──┘ an empty answer, a wrong block or none in time: the next peer

/** An answer that takes longer is not waited for. */
const ANSWER_TIMEOUT_MS = 5000;

export class Sync {
  readonly #heights = new Map<string, number>();
  #asked: { readonly peer: string; readonly atMs: number } | undefined;
  #last = '';

  heard(peer: string, height: number): void {
    this.#heights.set(peer, height);
  }

  /** The peer to ask now, if any: those that are higher take turns. */
  next(tipHeight: number, nowMs: number): string | undefined {
    if (this.#asked && this.#asked.atMs > nowMs) this.#asked = { ...this.#asked, atMs: nowMs }; // the clock was set back
    if (this.#asked && nowMs < this.#asked.atMs + ANSWER_TIMEOUT_MS) return undefined;
    if (this.#asked) this.failed(this.#asked.peer);
    const peer = this.#higherThan(tipHeight);
    if (peer === undefined) return undefined;
    this.#last = peer;
    this.#asked = { peer, atMs: nowMs };
    return peer;
  }

  /** The first in alphabetical order after the one that was asked last, or else the very first. */
  #higherThan(tipHeight: number): string | undefined {
    let first: string | undefined;
    let next: string | undefined;
    for (const [peer, height] of this.#heights) {
      if (height <= tipHeight) continue;
      if (first === undefined || peer < first) first = peer;
      if (peer > this.#last && (next === undefined || peer < next)) next = peer;
    }
    return next ?? first;
  }

  /** When an answer is overdue. */
  get overdueMs(): number | undefined {
    return this.#asked && this.#asked.atMs + ANSWER_TIMEOUT_MS;
  }

  answered(peer: string): void {
    if (this.#asked?.peer === peer) this.#asked = undefined;
  }

  /** It did not give what it said it has; it is asked again when it says so again. */
  failed(peer: string): void {
    this.answered(peer);
    this.#heights.delete(peer);
  }
}
