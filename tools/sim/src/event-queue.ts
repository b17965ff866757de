/** What happens when, in virtual time. Events of one moment happen in the order in which they were planned. */
export class EventQueue {
  readonly #heap: { readonly atMs: number; readonly order: number; readonly run: () => void }[] = [];
  #order = 0;
  nowMs: number;

  constructor(startMs: number) {
    this.nowMs = startMs;
  }

  /** @param delayMs from now; negative counts as 0 */
  after(delayMs: number, run: () => void): void {
    const heap = this.#heap;
    const event = { atMs: this.nowMs + Math.max(0, delayMs), order: this.#order++, run };
    heap.push(event);
    let at = heap.length - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (!parent || !isBefore(event, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = event;
  }

  /** Lets the next event happen. @returns false when none comes before `untilMs`; the time is then `untilMs` */
  step(untilMs: number): boolean {
    const heap = this.#heap;
    const next = heap[0];
    if (!next || next.atMs > untilMs) {
      this.nowMs = untilMs;
      return false;
    }
    const last = heap.pop();
    if (last && heap.length > 0) this.#sink(last);
    this.nowMs = next.atMs;
    next.run();
    return true;
  }

  #sink(event: { readonly atMs: number; readonly order: number; readonly run: () => void }): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const isRight = right !== undefined && left !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (!child || !isBefore(child, event)) break;
      heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    heap[at] = event;
  }
}

function isBefore(
  a: { readonly atMs: number; readonly order: number },
  b: { readonly atMs: number; readonly order: number },
): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
