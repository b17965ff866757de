import type { Clock } from '@lucid/clock';
import {
  ConsensusNode,
  type Effect,
  type Input,
  type Message,
  type Report,
  type Settings,
} from '@lucid/consensus';
import { type Block, type Certificate, type SigningKey, signHash } from '@lucid/ledger';
import type { Logger } from '@lucid/logging';
import type { Instruments } from '@lucid/metrics';
import { isWhole } from '../../domain/is-whole.ts';
import type { metrics } from '../../metrics.ts';
import type { Validators } from '../validators.ts';
import type { Evidence } from './evidence.ts';
import type { MemoryStore } from './memory-store.ts';
import type { Peers } from './peers.ts';
import type { Ranking } from './ranking.ts';
import type { SignatureMemo } from './signature-memo.ts';

type Build = Extract<Effect<Block>, { kind: 'build' }>;
type Judge = Extract<Effect<Block>, { kind: 'judge' }>;

export interface CouncilDeps {
  validators: Validators;
  key: SigningKey;
  ranking: Ranking;
  memory: MemoryStore;
  peers: Peers;
  evidence: Evidence;
  signatures: SignatureMemo;
  clock: Clock;
  logger: Logger;
  instruments: Instruments<(typeof metrics)['definitions']>;
  blockTimeMs: number;
  makesEmptyBlocks: boolean;
  /** Null: there is nothing to put in a block. */
  build: (wanted: Build) => Promise<Block | null>;
  judge: (proposed: Judge) => Promise<boolean>;
}

/** Whoever holds the lease: what the council needs of it while it sits. */
export interface Chair {
  /** Number of the lease. */
  fence: number;
  /** Durable when it returns. @throws Error when the block cannot be put on the chain */
  commit: (block: Block, certificate: Certificate) => Promise<void>;
  /** Has this done when nothing else is. Returns at once; a failure ends the sitting. */
  later: (work: () => Promise<void>) => void;
}

/**
 * This validator's seat among the others: gives the node of @lucid/consensus what happens, and does what it asks for, in
 * order. One step at a time; a failure ends the sitting, and the next one begins with what the store holds.
 */
export class Council {
  readonly #deps: CouncilDeps;
  #node: ConsensusNode<Block> | undefined;
  #chair: Chair | undefined;
  #wakeAtMs = Number.POSITIVE_INFINITY;

  constructor(deps: CouncilDeps) {
    this.#deps = deps;
  }

  /** When the node wants to look at the clock, milliseconds since 1970. */
  get wakeAtMs(): number {
    return this.#wakeAtMs;
  }

  /** Undefined while this instance does not vote. */
  report(): Report | undefined {
    return this.#node?.report();
  }

  /** From now on this instance votes for the validator. */
  async open(tip: Block, chair: Chair): Promise<void> {
    const { ranking, memory } = this.#deps;
    this.close();
    ranking.after(tip);
    const kept = await memory.claim(chair.fence);
    this.#node = new ConsensusNode<Block>(this.#settings());
    this.#chair = chair;
    await this.take({ kind: 'start', memory: kept, tip });
  }

  /** From now on it does not. */
  close(): void {
    this.#node = undefined;
    this.#chair = undefined;
    this.#wakeAtMs = Number.POSITIVE_INFINITY;
  }

  /** Something has happened. For one caller at a time. @throws Error when what follows from it could not be made durable */
  async take(input: Input<Block>): Promise<void> {
    const node = this.#node;
    const chair = this.#chair;
    if (!node || !chair) return;
    if (input.kind === 'wake') this.#wakeAtMs = Number.POSITIVE_INFINITY;
    if (input.kind === 'blocks_fetched') this.#deps.ranking.expect(input.blocks.map(({ block }) => block));
    for (const effect of node.step(input, this.#deps.clock.nowMs())) await this.#carryOut(effect, chair);
  }

  async #carryOut(effect: Effect<Block>, chair: Chair): Promise<void> {
    const { memory, peers, evidence } = this.#deps;
    switch (effect.kind) {
      case 'persist':
        return memory.save(effect.memory, chair.fence);
      case 'commit':
        return chair.commit(effect.block, effect.certificate);
      case 'broadcast':
        this.#count(effect.message);
        return peers.send(onTheWire(effect.message), 'vote');
      case 'send':
        return peers.send(onTheWire(effect.message), 'vote', effect.to);
      case 'wake':
        this.#wakeAtMs = effect.atMs;
        return;
      case 'evidence':
        return evidence.keep(effect.evidence);
      case 'build':
        return this.#build(effect, chair);
      case 'judge':
        return this.#judge(effect, chair);
      case 'fetch':
        return this.#fetch(effect.from, effect.fromHeight, chair);
    }
  }

  #count(message: Message<Block>): void {
    if (message.kind !== 'vote') return;
    const { phase, block_hash } = message.vote;
    const decision = block_hash === null ? 'reject' : 'approve';
    this.#deps.instruments.blockchain_consensus_votes_total.inc({ phase, decision });
  }

  /** What has come of something that took its time. Means nothing once the sitting it was for has ended. */
  #answer(chair: Chair, input: Input<Block>): void {
    chair.later(async () => {
      if (this.#chair === chair) await this.take(input);
    });
  }

  #build(wanted: Build, chair: Chair): void {
    const { build, logger } = this.#deps;
    const { view, parent } = wanted;
    const height = parent.header.height + 1;
    build(wanted)
      .catch((error: unknown) => {
        logger.error({ err: error, height, view }, 'no block could be made');
        return null;
      })
      .then((block) => this.#answer(chair, { kind: 'block_built', height, view, block }));
  }

  #judge(proposed: Judge, chair: Chair): void {
    const { judge, logger } = this.#deps;
    const { hash, header } = proposed.block;
    judge(proposed).then(
      (valid) => this.#answer(chair, { kind: 'block_judged', hash, valid }),
      // Not judged is not "does not hold": the node hears nothing and votes for nothing when the time is over.
      (error: unknown) => logger.error({ err: error, height: header.height }, 'a block could not be judged'),
    );
  }

  #fetch(from: string, height: number, chair: Chair): void {
    const { peers, logger } = this.#deps;
    peers.blocksFrom(from, height).then(
      (blocks) => this.#answer(chair, { kind: 'blocks_fetched', from, blocks }),
      (error: unknown) => {
        logger.info({ err: error, peer: from, height }, 'a peer did not give its blocks');
        this.#answer(chair, { kind: 'blocks_fetched', from, blocks: [] });
      },
    );
  }

  #settings(): Settings<Block> {
    const { validators, key, ranking, signatures, blockTimeMs, makesEmptyBlocks } = this.#deps;
    return {
      genesisHash: validators.genesis.hash,
      validators: validators.data.validators,
      self: { validator: validators.self, sign: (hash) => signHash(hash, key) },
      leadersOf: (slot, parent) => {
        const state = ranking.after(parent);
        if (slot < state.tip.slot) return [];
        const { primary, fallbacks } = state.leadersOf(slot);
        return [primary, ...fallbacks];
      },
      isWhole,
      blockTimeMs,
      makesEmptyBlocks,
      verify: (hash, signature, publicKey) => signatures.holds(hash, signature, publicKey),
    };
  }
}

const onTheWire = (message: Message<Block>): Readonly<Record<string, unknown>> => ({ ...message });
