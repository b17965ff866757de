import type { ConsensusBlock } from './block.ts';
import type { Round } from './round.ts';
import type { VotingRight } from './voting-right.ts';

/**
 * Where a node stands in its view.
 *
 * ```
 *           its tick has come        a proposal, or none in time        more than 2/3 prevoted
 *  waiting ───────────────────▶ open ───────────────────────────▶ prevoted ────────────────────▶ precommitted
 *     ▲                          ▲                                                                    │
 *     │                          └──────────── the view was given up, or its slot is over ◀───────────┤
 *     └─────────────────────────────────────── more than 2/3 precommitted a block: commit ◀───────────┘
 *
 *  silent: a node without a memory of its votes;  observing: no validator. Both only follow.
 * ```
 */
export type NodeState = 'waiting' | 'open' | 'prevoted' | 'precommitted' | 'silent' | 'observing';

/** Why a message was not used. */
export type DropReason = 'stranger' | 'signature' | 'leader' | 'structure' | 'stale' | 'too_far_ahead';

/** A look into the node, for status routes and metrics. */
export interface Report {
  readonly state: NodeState;
  readonly tipHeight: number;
  readonly tipHash: string;
  readonly view: number;
  /** Of this view; undefined when the slot has no such fallback. */
  readonly leader: string | undefined;
  readonly silentThroughSlot: number | null;
  readonly lockedOn: string | null;
  /** What the other validators last said of themselves, and when it was heard. */
  readonly peers: readonly PeerReport[];
  readonly dropped: Readonly<Record<DropReason, number>>;
}

export interface PeerReport {
  readonly validator: string;
  readonly height: number;
  readonly view: number;
  readonly heardAtMs: number;
}

/** What of a node is told. */
interface Reported<B extends ConsensusBlock> {
  readonly round: Round<B>;
  readonly right: VotingRight;
  readonly peers: { report(): readonly PeerReport[] };
  readonly dropped: Readonly<Record<DropReason, number>>;
  readonly nowMs: number;
  readonly validator: string | undefined;
  readonly voter: string | undefined;
}

export function reportOf<B extends ConsensusBlock>(core: Reported<B>): Report {
  const { round, right, peers, dropped } = core;
  return {
    state: stateOf(core),
    tipHeight: round.tip.header.height,
    tipHash: round.tip.hash,
    view: round.view,
    leader: round.leaderOf(round.view),
    silentThroughSlot: right.silentThroughSlot,
    lockedOn: round.locked?.block_hash ?? null,
    peers: peers.report(),
    dropped: { ...dropped },
  };
}

function stateOf<B extends ConsensusBlock>({ round, nowMs, validator, voter }: Reported<B>): NodeState {
  if (validator === undefined) return 'observing';
  if (voter === undefined) return 'silent';
  if (round.precommit) return 'precommitted';
  if (round.prevote) return 'prevoted';
  return nowMs < round.opensAtMs ? 'waiting' : 'open';
}
