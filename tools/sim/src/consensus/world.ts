// Everything of one schedule: the nodes, the network between them, the time, and who watches.
import type { Evidence, Flaws, Message } from '@lucid/consensus';
import { CHAIN_EPOCH_MS, SLOT_DURATION_MS, VIEWS_PER_SLOT, type Vote, voteHash } from '@lucid/ledger';
import { EventQueue } from '../event-queue.ts';
import { Prng } from '../prng.ts';
import { Liar } from './liar.ts';
import { Network } from './network.ts';
import { Safety } from './safety.ts';
import type { Scenario } from './scenario.ts';
import { FAST, type Identity, REAL } from './signatures.ts';
import { genesisOf, isWhole, type SimBlock } from './sim-block.ts';
import { SimNode } from './sim-node.ts';
import type { Mortal, Surroundings } from './surroundings.ts';
import { messageWords } from './words.ts';

/** Bugs to plant: those of the node, and those of its host. */
export interface SimFlaws extends Flaws {
  /** Accepted transactions that wait for a block are only in memory. */
  readonly losesMempool?: boolean;
}

export type Tell = (line: string) => void;

export class World implements Surroundings {
  readonly scenario: Scenario;
  readonly flaws: SimFlaws;
  readonly random: Prng;
  readonly queue: EventQueue;
  readonly network: Network;
  readonly genesis: SimBlock;
  readonly safety: Safety;
  readonly nodes: readonly SimNode[];
  readonly startMs: number;
  readonly #byName: ReadonlyMap<string, SimNode>;
  readonly #tell: Tell | undefined;
  /** Of nodes that crashed at a write, to be brought back. */
  onCrash: (node: Mortal) => void = () => undefined;

  constructor(scenario: Scenario, flaws: SimFlaws, tell?: Tell) {
    this.scenario = scenario;
    this.flaws = flaws;
    this.#tell = tell;
    this.random = new Prng(scenario.seed ^ 0x5eed);
    // Some day in 2026, anywhere in a slot.
    this.startMs = CHAIN_EPOCH_MS + 600_000 * SLOT_DURATION_MS + this.random.between(0, SLOT_DURATION_MS);
    this.queue = new EventQueue(this.startMs);
    this.network = new Network(this.queue, this.random);
    this.genesis = genesisOf(this.startMs - 3_600_000);
    const scheme = scenario.realSignatures ? REAL : FAST;
    const people = Array.from({ length: scenario.validatorCount }, (_, index) => scheme.identity(index));
    const validators = people.map(({ validator, public_key }) => ({ validator, public_key }));
    const names = people.map(({ validator }) => validator);
    const leadersOf = (slot: number) => roundRobin(names, slot);
    const { blockTimeMs, makesEmptyBlocks, maxSkewMs } = scenario;
    const genesis = this.genesis;
    this.safety = new Safety({
      genesis,
      validators,
      scheme,
      blockTimeMs,
      maxSkewMs,
      leadersOf,
      liarCount: scenario.liars.size,
    });
    const keys = new Map(people.map(({ validator, public_key }) => [validator, public_key]));
    const isGenuine = (vote: Vote) =>
      scheme.verify(voteHash(vote, genesis.hash), vote.signature, keys.get(vote.validator) ?? '');
    this.nodes = people.map((self: Identity, index) => {
      const settings = {
        genesisHash: genesis.hash,
        validators,
        self,
        leadersOf,
        isWhole,
        blockTimeMs,
        makesEmptyBlocks,
        verify: scheme.verify,
      };
      const habits = scenario.liars.get(index);
      return habits
        ? new Liar(this, settings, self, habits)
        : new SimNode(this, settings, self.validator, { flaws, isGenuine });
    });
    this.#byName = new Map(this.nodes.map((node) => [node.name, node]));
  }

  get honest(): readonly SimNode[] {
    return this.nodes.filter((node) => !(node instanceof Liar));
  }

  isLiar(name: string): boolean {
    return this.#byName.get(name) instanceof Liar;
  }

  /** For the story of one seed; `words` are only made when somebody listens. */
  trace(who: string, words: () => string): void {
    if (!this.#tell) return;
    const seconds = (this.queue.nowMs - this.startMs) / 1000;
    this.#tell(`${seconds.toFixed(3).padStart(9)} s  ${who.padEnd(8)} ${words()}`);
  }

  traceMessage(from: string, message: Message<SimBlock>): void {
    if (message.kind !== 'status') this.trace(from, () => messageWords(message));
  }

  broadcast(from: string, message: Message<SimBlock>): void {
    for (const node of this.nodes) if (node.name !== from) this.send(from, node.name, message);
  }

  send(from: string, to: string, message: Message<SimBlock>): void {
    const receiver = this.#byName.get(to);
    if (receiver && from !== to) this.network.carry(from, to, () => receiver.hear(from, message));
  }

  gossip(from: string, transactions: readonly string[]): void {
    for (const node of this.nodes)
      if (node.name !== from) this.network.carry(from, node.name, () => node.learn(transactions));
  }

  /** Question and answer, each of which may be lost; who asked waits no longer than it wants to. */
  fetch(from: string, to: string, height: number): void {
    const [asker, answerer] = [this.#byName.get(from), this.#byName.get(to)];
    if (!asker || !answerer) return;
    this.network.carry(from, to, () => {
      if (!answerer.isUp) return;
      const blocks = answerer.blocksFrom(height);
      this.network.carry(to, from, () => asker.give({ kind: 'blocks_fetched', from: to, blocks }));
    });
  }

  accused(node: string, evidence: Evidence): void {
    this.trace(node, () => `has evidence against ${evidence.first.validator}`);
    this.safety.accused(node, evidence, (validator) => this.isLiar(validator));
  }
}

function roundRobin(names: readonly string[], slot: number): readonly string[] {
  const count = Math.min(names.length, VIEWS_PER_SLOT);
  return Array.from({ length: count }, (_, rank) => names[(slot + rank) % names.length] ?? '');
}
