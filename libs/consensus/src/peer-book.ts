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

  /** @param isAnswer whether it answers this run of this node: others may be old, repeated by anyone. */
  heardStatus(status: Status, isAnswer: boolean, nowMs: number): void {
    const { validator, height, view, novice } = status;
    this.heardView(validator, height + 1, view, nowMs);
    const peer = this.#of(validator);
    if (!peer.status || status.sent_at_ms >= peer.status.sent_at_ms) peer.status = status;
    if (isAnswer && novice) this.#novices.add(validator);
    if (!novice) this.#novices.delete(validator);
  }

  /** Validators that answered this node that they are novices, and have not said anything else since. */
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
