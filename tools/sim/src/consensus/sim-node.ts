// The host of one core: it carries out effects, loses what is not durable, and comes back.
import {
  ConsensusNode,
  type Effect,
  type Flaws,
  type Input,
  type Message,
  type Report,
  type Settings,
} from '@lucid/consensus';
import type { Vote } from '@lucid/ledger';
import { Disk } from './disk.ts';
import { blockFor, contentFault, isWhole, type SimBlock, type SimChain } from './sim-block.ts';
import type { Mortal, Surroundings } from './surroundings.ts';
import { WakeTimer } from './wake-timer.ts';
import { Witness } from './witness.ts';

const MAX_TRANSACTIONS = 3;
const BLOCKS_PER_ANSWER = 20;
const GOSSIP_MS = 5000;

export interface SimNodeOptions {
  readonly flaws: Flaws;
  /** Says whose votes are real; given for nodes that are to be watched. */
  readonly isGenuine?: (vote: Vote) => boolean;
}

export class SimNode implements Mortal {
  readonly name: string;
  readonly settings: Settings<SimBlock>;
  protected readonly world: Surroundings;
  readonly #flaws: Flaws;
  disk: Disk;
  skewMs = 0;
  /** Crashes before or after its next write, instead of going on. */
  crashesAtWrite = false;
  readonly #witness: Witness | undefined;
  #core: ConsensusNode<SimBlock> | undefined;
  #life = 0;
  #inputs: Input<SimBlock>[] = [];
  #effects: Effect<SimBlock>[] = [];
  #isWriting = false;
  readonly #wake: WakeTimer;
  #saidWork = false;

  constructor(
    world: Surroundings,
    settings: Settings<SimBlock>,
    name: string,
    { flaws, isGenuine }: SimNodeOptions,
  ) {
    this.world = world;
    this.settings = settings;
    this.name = name;
    this.#flaws = flaws;
    this.disk = new Disk(world.genesis);
    this.#wake = new WakeTimer(world.queue, () => this.give({ kind: 'wake' }));
    this.#witness = isGenuine && new Witness(this, world.safety, isGenuine);
  }

  get isUp(): boolean {
    return this.#core !== undefined;
  }

  get clockMs(): number {
    return Math.round(this.world.queue.nowMs + this.skewMs);
  }

  report(): Report | undefined {
    return this.#core?.report();
  }

  start(): void {
    if (this.#core) return;
    this.world.trace(this.name, () => `starts at height ${this.disk.chain.length}`);
    this.#core = new ConsensusNode(this.settings, this.#flaws);
    this.#saidWork = false;
    this.give({ kind: 'start', memory: this.disk.memory, tip: this.disk.tip });
    this.#sayWork();
    this.#gossipAgain();
  }

  crash(losesDisk = false): void {
    if (this.#core) this.world.trace(this.name, () => (losesDisk ? 'crashes and loses its disk' : 'crashes'));
    this.#core = undefined;
    this.#life++;
    this.#witness?.forget();
    this.#inputs = [];
    // A write that was under way may have reached the disk before the crash.
    const [cut] = this.#effects;
    if (this.#isWriting && cut && this.world.random.chance(0.5)) this.#write(cut);
    this.#effects = [];
    this.#isWriting = false;
    this.crashesAtWrite = false;
    this.#wake.clear();
    if (losesDisk) this.disk = new Disk(this.world.genesis);
    if (this.world.flaws.losesMempool) this.disk.pending.clear();
  }

  /** The clock was set; a host looks at it every second. */
  clockChanged(): void {
    this.#wake.set(this.world.queue.nowMs + this.world.random.between(0, 1000));
  }

  give(input: Input<SimBlock>): void {
    if (!this.#core) return;
    this.#inputs.push(input);
    this.#work();
  }

  hear(from: string, message: Message<SimBlock>): void {
    this.give({ kind: 'message', from, message });
  }

  /** Takes a transaction for good. @returns false when it is down */
  submit(transaction: string): boolean {
    if (!this.#core) return false;
    this.learn([transaction]);
    return true;
  }

  learn(transactions: readonly string[]): void {
    if (!this.#core) return;
    for (const name of transactions) if (!this.disk.isOnChain(name)) this.disk.pending.add(name);
    this.#sayWork();
  }

  blocksFrom(height: number): SimChain {
    return this.disk.chain.slice(height - 1, height - 1 + BLOCKS_PER_ANSWER);
  }

  /** Effects in order, one step at a time; a write that takes time holds up all that comes after it. */
  #work(): void {
    while (this.#core && !this.#isWriting) {
      const [effect] = this.#effects;
      if (effect) {
        this.#carryOut(effect);
      } else {
        const input = this.#inputs.shift();
        if (!input) return;
        const contradiction = this.#witness?.watch(input);
        this.#effects = [...this.#core.step(input, this.clockMs)];
        this.#witness?.check(contradiction, this.#effects);
      }
    }
  }

  #carryOut(effect: Effect<SimBlock>): void {
    if (effect.kind !== 'persist' && effect.kind !== 'commit') {
      this.#effects.shift();
      this.act(effect);
      return;
    }
    const { random, scenario, queue } = this.world;
    if (this.crashesAtWrite) {
      this.#isWriting = true;
      this.world.onCrash(this);
      return;
    }
    if (scenario.maxWriteMs === 0) {
      this.#effects.shift();
      this.#write(effect);
      return;
    }
    this.#isWriting = true;
    const life = this.#life;
    queue.after(random.between(0, scenario.maxWriteMs), () => {
      if (life !== this.#life) return;
      this.#isWriting = false;
      this.#effects.shift();
      this.#write(effect);
      this.#work();
    });
  }

  #write(effect: Effect<SimBlock>): void {
    if (effect.kind === 'persist') this.disk.memory = effect.memory;
    if (effect.kind !== 'commit') return;
    const { block, certificate } = effect;
    this.committing(block, certificate);
    this.disk.append({ block, certificate });
    this.#sayWork();
  }

  protected committing(block: SimBlock, certificate: SimChain[number]['certificate']): void {
    this.world.trace(this.name, () => `confirms ${block.header.height} ${block.hash.slice(0, 6)}`);
    this.world.safety.committed(this.name, this.disk.tip, block, certificate, this.world.queue.nowMs);
  }

  protected act(effect: Exclude<Effect<SimBlock>, { kind: 'persist' | 'commit' }>): void {
    const { world, name } = this;
    switch (effect.kind) {
      case 'broadcast':
        this.broadcast(effect.message);
        break;
      case 'send':
        world.send(name, effect.to, effect.message);
        break;
      case 'build':
        this.#later(this.#workMs(), () => this.#build(effect));
        break;
      case 'judge':
        this.#later(this.#workMs(), () => this.#judge(effect.block));
        break;
      case 'fetch':
        world.fetch(name, effect.from, effect.fromHeight);
        break;
      case 'wake':
        this.#wake.set(effect.atMs - this.skewMs);
        break;
      case 'evidence':
        world.accused(name, effect.evidence);
        break;
    }
  }

  #judge(block: SimBlock): void {
    const fault = contentFault(block.transactions, (name) => this.disk.isOnChain(name));
    this.give({ kind: 'block_judged', hash: block.hash, valid: isWhole(block) && !fault });
  }

  protected broadcast(message: Message<SimBlock>): void {
    this.world.safety.said(this.name, message);
    this.world.traceMessage(this.name, message);
    this.world.broadcast(this.name, message);
  }

  #build(wish: Extract<Effect<SimBlock>, { kind: 'build' }>): void {
    const names = [...this.disk.pending].slice(0, MAX_TRANSACTIONS);
    const isEmpty = names.length === 0 && !this.settings.makesEmptyBlocks;
    const isLate = this.disk.tip.hash !== wish.parent.hash;
    const block = isEmpty || isLate ? null : blockFor(wish, this.name, names);
    this.give({ kind: 'block_built', height: wish.parent.header.height + 1, view: wish.view, block });
  }

  #workMs(): number {
    return this.world.random.between(1, this.world.scenario.maxWorkMs);
  }

  /** Unless it crashes before. */
  #later(delayMs: number, run: () => void): void {
    const life = this.#life;
    this.world.queue.after(delayMs, () => {
      if (life === this.#life) run();
    });
  }

  #sayWork(): void {
    const pending = this.disk.pending.size > 0;
    if (pending === this.#saidWork) return;
    this.#saidWork = pending;
    this.give({ kind: 'work', pending });
  }

  #gossipAgain(): void {
    this.#later(GOSSIP_MS, () => {
      if (this.disk.pending.size > 0) this.world.gossip(this.name, [...this.disk.pending]);
      this.#gossipAgain();
    });
  }
}
