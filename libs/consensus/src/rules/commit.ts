import type { Rule } from '../context.ts';

/**
 * More than two thirds precommitted a block in some view of this height, and the block is here: it is confirmed (line 49 of
 * arXiv 1807.04938). A block that is not here comes with its certificate from a peer that has it.
 */
export const commitWhatIsDecided: Rule = (node) => {
  const { votes, proposals } = node.round;
  if (!votes.decided) return false;
  const { view, hash } = votes.decided;
  const block = proposals.block(hash);
  if (!block) return false;
  node.commit(block, votes.certificate(view, 'precommit', hash));
  return true;
};
