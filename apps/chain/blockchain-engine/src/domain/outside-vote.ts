import type { OutsideVote } from '@lucid/contracts';
import type { Vote } from '@lucid/ledger';

/**
 * A vote from outside in the words of the validators: "approve" is a vote for the block, "reject" one for nothing. The other
 * ballots have no meaning here: nobody votes on who takes part, and who says nothing has abstained.
 */
export function outsideVote(given: OutsideVote): { vote?: Vote; reason?: string } {
  const { vote_type, vote_decision, target_id, phase, height, view, validator, signature } = given;
  if (vote_type === 'participant_selection')
    return {
      reason:
        'validators are those of the genesis block, and leaders follow from proven work: nobody is voted in',
    };
  if (vote_type === 'proposal_vote') return { reason: 'there is nothing to vote on but blocks' };
  if (vote_decision === 'abstain') return { reason: 'who abstains sends nothing; silence counts the same' };
  const block_hash = vote_decision === 'approve' ? target_id : null;
  return { vote: { phase, height, view, block_hash, validator, signature } };
}
