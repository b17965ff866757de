// What a node has around it: as much of the world as it may touch. The world makes the nodes, so they cannot import it.
import type { Evidence, Message } from '@lucid/consensus';
import type { EventQueue } from '../event-queue.ts';
import type { Prng } from '../prng.ts';
import type { Safety } from './safety.ts';
import type { Scenario } from './scenario.ts';
import type { SimBlock } from './sim-block.ts';

/** What goes down and comes back. */
export interface Mortal {
  /** @param losesDisk everything is gone, what was said included */
  crash(losesDisk?: boolean): void;
  start(): void;
}

export interface Surroundings {
  readonly scenario: Scenario;
  readonly flaws: { readonly losesMempool?: boolean };
  readonly random: Prng;
  readonly queue: EventQueue;
  readonly genesis: SimBlock;
  readonly safety: Safety;
  /** All of them, the node itself included. */
  readonly nodes: readonly { readonly name: string }[];
  /** Called by a node that has come to the write it was to crash at. */
  readonly onCrash: (node: Mortal) => void;
  trace(who: string, words: () => string): void;
  traceMessage(from: string, message: Message<SimBlock>): void;
  broadcast(from: string, message: Message<SimBlock>): void;
  send(from: string, to: string, message: Message<SimBlock>): void;
  gossip(from: string, transactions: readonly string[]): void;
  /** Asks a node for its blocks from this height on. */
  fetch(from: string, to: string, height: number): void;
  accused(node: string, evidence: Evidence): void;
}
