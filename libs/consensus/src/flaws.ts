/**
 * Bugs to plant, so that the simulator can show that it would find them. Only tests hand them to a node; no service has
 * a setting that leads here.
 */
export interface Flaws {
  /** A vote that arrives twice is counted twice. */
  readonly countsVotesTwice?: boolean;
  /** Half of the validators are taken for more than two thirds. */
  readonly takesHalfForQuorum?: boolean;
  /** A validator's second, different vote counts as well, and nobody hears of it. */
  readonly overlooksEquivocation?: boolean;
  /** Whoever's name is on a vote, it counts. */
  readonly believesForgedVotes?: boolean;
  /** A block may be of any time. */
  readonly ignoresTimestamps?: boolean;
  /** A block of anyone is taken for the leader's. */
  readonly followsAnyone?: boolean;
  /** Having precommitted a block binds to nothing. */
  readonly forgetsLock?: boolean;
  /** Whatever is said to be proposed again unlocks, without the prevotes that show it. */
  readonly needsNoProof?: boolean;
  /** The memory is written after the vote has left. */
  readonly votesBeforeRemembering?: boolean;
  /** The block that the node is locked on is not remembered. */
  readonly remembersNoBlock?: boolean;
  /** A node without a memory votes at once. */
  readonly amnesiacVotes?: boolean;
  /** Blocks of a peer are taken without a look at their certificates. */
  readonly believesUncertifiedBlocks?: boolean;
  /** What was said once is not said again. */
  readonly neverRepeats?: boolean;
}

export const NO_FLAWS: Flaws = {};
