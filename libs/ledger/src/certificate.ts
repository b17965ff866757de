// Proof that a block is confirmed: the precommits of more than two thirds of the validators, all in one view.
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { type BlockHeader, ValidatorId } from './block.ts';
import { verifyHash } from './ed25519.ts';
import type { GenesisValidator } from './genesis.ts';
import { Count, SignatureHex } from './primitives.ts';
import { firstError } from './verify-transaction.ts';
import { type VotePhase, viewOf, voteHash } from './vote.ts';

/** A vote of which everything but its author is known from the context. */
export const VoteSignature = Type.Object(
  { validator: ValidatorId, signature: SignatureHex },
  { additionalProperties: false },
);
export type VoteSignature = Static<typeof VoteSignature>;

/** Votes of one phase for one block in one view. */
export const Certificate = Type.Object(
  { view: Count, votes: Type.Array(VoteSignature, { minItems: 1, maxItems: 100 }) },
  { additionalProperties: false },
);
export type Certificate = Static<typeof Certificate>;

/** Strictly more than two thirds: 1 of 1, 2 of 2, 3 of 3, 3 of 4, 5 of 7. */
export function isQuorum(count: number, validatorCount: number): boolean {
  return count * 3 > validatorCount * 2;
}

/**
 * - `structure`: not `{view, votes: [{validator, signature}]}`
 * - `view`: earlier than the view the block was made in
 * - `stranger`: a signer that the genesis block does not list
 * - `repeated`: a signer that appears twice
 * - `signature`: not that validator's precommit for this block, height, view and chain
 * - `too_few`: not more than two thirds of the validators
 */
export type CertificateFault = 'structure' | 'view' | 'stranger' | 'repeated' | 'signature' | 'too_few';

export type CertificateVerdict =
  | { readonly valid: true; readonly signers: readonly string[] }
  | { readonly valid: false; readonly fault: CertificateFault; readonly detail: string };

export interface CertificateCase {
  readonly certificate: unknown;
  /** Of the block it is about; `hash` has to be recomputed from the header by the caller. */
  readonly header: Pick<BlockHeader, 'height' | 'slot' | 'fallback_index'>;
  readonly hash: string;
  readonly genesisHash: string;
  /** All that the genesis block lists. */
  readonly validators: readonly GenesisValidator[];
  /** What the votes are. Proof that a block may be proposed again is made of prevotes. @default 'precommit' */
  readonly phase?: VotePhase;
  /** @default Ed25519 */
  readonly verify?: (hashHex: string, signature: string, publicKey: string) => boolean;
}

const shape = Compile(Certificate);

/** Judges any value as the certificate of a block. Every vote in it has to hold. Throws nothing. */
export function verifyCertificate(input: CertificateCase): CertificateVerdict {
  const {
    certificate,
    header,
    hash,
    genesisHash,
    validators,
    phase = 'precommit',
    verify = verifyHash,
  } = input;
  if (!shape.Check(certificate)) return refuse('structure', firstError(shape.Errors(certificate)));
  const { view, votes } = certificate;
  const made = viewOf(header.slot, header.fallback_index);
  if (view < made) return refuse('view', `view ${view}, but the block was made in view ${made}`);
  const signers = new Set<string>();
  for (const { validator, signature } of votes) {
    const publicKey = validators.find((entry) => entry.validator === validator)?.public_key;
    if (publicKey === undefined) return refuse('stranger', `${validator} is no validator`);
    if (signers.has(validator)) return refuse('repeated', `${validator} signs twice`);
    signers.add(validator);
    const signed = voteHash({ phase, height: header.height, view, block_hash: hash, validator }, genesisHash);
    if (!verify(signed, signature, publicKey))
      return refuse('signature', `not signed by ${validator} as ${phase} of view ${view}`);
  }
  return isQuorum(signers.size, validators.length)
    ? { valid: true, signers: [...signers] }
    : refuse(
        'too_few',
        `${signers.size} of ${validators.length} validators, more than two thirds are needed`,
      );
}

function refuse(fault: CertificateFault, detail: string): CertificateVerdict {
  return { valid: false, fault, detail };
}
