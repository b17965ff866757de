// What the other validators say of themselves.
import { slotOfView } from '@lucid/ledger';
import type { PeerReport } from './report.ts';
import type { Status } from './status.ts';

interface Peer {
  status: Status | undefined;
  heardAtMs: number;
  /** The latest view it spoke in, at `height`. */
  height: number;
  view: number;
}

export class PeerBook {
  readonly #peers = new Map<string, Peer>();
  readonly #novices = new Set<string>();

  /** A validator spoke in this view of this height. */
  heardView(validator: string, height: number, view: number, nowMs: number): void {
    const peer = this.#of(validator);
    peer.heardAtMs = nowMs;
    if (height > peer.height) Object.assign(peer, { height, view });
    else if (height === peer.height && view > peer.view) peer.view = view;
  }

  /** @param isFresh whether it was sent after this node started: old ones may be repeated by anyone. */
  heardStatus(status: Status, isFresh: boolean, nowMs: number): void {
    this.heardView(status.validator, status.height + 1, status.view, nowMs);
    const peer = this.#of(status.validator);
    if (!peer.status || status.sent_at_ms >= peer.status.sent_at_ms) peer.status = status;
    if (isFresh && status.novice && status.height === 0) this.#novices.add(status.validator);
  }

  /** Validators that said they are novices, since this node started. */
  get noviceCount(): number {
    return this.#novices.size;
  }

  /**
   * The latest view after `view`, in slots up to `lastSlot`, that at least `count` others have reached at this height;
   * undefined when there is none.
   */
  viewReachedBy(count: number, height: number, view: number, lastSlot: number): number | undefined {
    const ahead: number[] = [];
    for (const peer of this.#peers.values())
      if (peer.height === height && peer.view > view && slotOfView(peer.view) <= lastSlot)
        ahead.push(peer.view);
    if (ahead.length < count) return undefined;
    return ahead.sort((a, b) => b - a)[count - 1];
  }

  report(): PeerReport[] {
    return [...this.#peers].map(([validator, { height, view, heardAtMs, status }]) => ({
      validator,
      height: status?.height ?? Math.max(height - 1, 0),
      view,
      heardAtMs,
    }));
  }

  #of(validator: string): Peer {
    const known = this.#peers.get(validator);
    if (known) return known;
    const peer: Peer = { status: undefined, heardAtMs: 0, height: 0, view: 0 };
    this.#peers.set(validator, peer);
    return peer;
  }
}
