import {
  ConsensusMessage,
  type Message,
  type Proposal,
  proposalHash,
  type Status,
  statusHash,
} from '@lucid/consensus';
import type { ServiceError } from '@lucid/errors';
import { type Block, blockHash, firstError, type Vote, voteHash } from '@lucid/ledger';
import { Compile } from 'typebox/compile';
import { errors } from '../errors.ts';

const shape = Compile(ConsensusMessage);

export interface MessageRules {
  genesisHash: string;
  publicKeyOf: (validator: string) => string | undefined;
  /** Whether this signature is that of the key over the hash. */
  holds: (hash: string, signature: string, publicKey: string) => boolean;
}

export type JudgedMessage = { message: Message<Block> } | { refusal: ServiceError };

/**
 * Judges what comes in the name of a validator, as far as that needs no state: its form, its author, its signature. Turn, time
 * and votes are judged by the node.
 */
export function judgeMessage(candidate: unknown, rules: MessageRules): JudgedMessage {
  if (!shape.Check(candidate))
    return { refusal: errors.MESSAGE_INVALID({ details: { reason: firstError(shape.Errors(candidate)) } }) };
  const message = candidate as Message<Block>;
  const refusal = refusalOf(message, rules);
  return refusal ? { refusal } : { message };
}

function refusalOf(message: Message<Block>, rules: MessageRules): ServiceError | undefined {
  switch (message.kind) {
    case 'vote':
      return unsigned(message.vote, voteHash(message.vote, rules.genesisHash), rules);
    case 'status':
      return unsigned(message.status, statusHash(message.status, rules.genesisHash), rules);
    case 'proposal': {
      const { proposal, block } = message;
      return unsigned(proposal, proposalHash(proposal, rules.genesisHash), rules) ?? unmade(block, rules);
    }
    case 'proof':
      return unmade(message.block, rules);
  }
}

function unsigned(
  { validator, signature }: Pick<Vote | Status | Proposal, 'validator' | 'signature'>,
  hash: string,
  { publicKeyOf, holds }: MessageRules,
): ServiceError | undefined {
  const publicKey = publicKeyOf(validator);
  if (publicKey === undefined) return errors.NOT_VALIDATOR({ details: { validator } });
  return holds(hash, signature, publicKey) ? undefined : errors.VOTE_SIGNATURE({ details: { validator } });
}

/** A block that its leader did not make. */
function unmade(
  { header, hash, signature }: Block,
  { publicKeyOf, holds }: MessageRules,
): ServiceError | undefined {
  const publicKey = publicKeyOf(header.validator);
  if (publicKey === undefined) return errors.NOT_VALIDATOR({ details: { validator: header.validator } });
  const check = hash === blockHash(header) ? 'signature_valid' : 'hash_valid';
  if (check === 'signature_valid' && holds(hash, signature, publicKey)) return undefined;
  return errors.BLOCK_INVALID({ details: { checks: [{ check }] } });
}
