// What ties a block to its chain: the genesis block, the validators that it lists, and their votes.
import { type GenesisData, genesisPublicKey, verifyCertificate, verifyGenesis } from '@lucid/ledger';
import type { ProofBundle, ProvenBlock } from './bundle.ts';
import { type Finding, failed, passed } from './steps.ts';

/** A genesis block that was found sound. */
export interface Chain {
  readonly hash: string;
  readonly data: GenesisData;
}

/** The chain that the genesis block begins, or why it begins none. */
export function chainOf({ genesis }: Pick<ProofBundle, 'genesis'>): Chain | { readonly detail: string } {
  const verdict = verifyGenesis(genesis);
  return verdict.valid ? { hash: verdict.hash, data: verdict.data } : { detail: verdict.detail };
}

/** The genesis block is sound and the expected one, and the block belongs to its chain. */
export function judgeGenesis(bundle: ProofBundle, pinnedHash: string | undefined): Finding {
  const chain = chainOf(bundle);
  if (!('data' in chain)) return failed(chain.detail);
  const stranger = notOfChain(bundle.block, chain);
  if (stranger !== undefined) return failed(stranger);
  if (pinnedHash === undefined) return passed(`chain ${chain.hash} (compare it: no genesis hash was pinned)`);
  return chain.hash === pinnedHash
    ? passed(`chain ${chain.hash}, as pinned`)
    : failed(`chain ${chain.hash}, pinned is ${pinnedHash}`);
}

/** The header names this genesis block, which lists the signer with this key. @returns why not, or undefined */
export function notOfChain(
  { header, validator_public_key }: ProvenBlock,
  { hash, data }: Chain,
): string | undefined {
  if (header.height === 0) return 'a genesis block anchors nothing';
  if (header.genesis_hash !== hash)
    return `the header belongs to the chain of ${header.genesis_hash}, the genesis block has ${hash}`;
  if (genesisPublicKey(data, header.validator) !== validator_public_key)
    return `the genesis block does not list ${validator_public_key} for ${header.validator}`;
  return undefined;
}

/** More than two thirds of the listed validators have precommitted to this very block. */
export function judgeCertificate({ header, hash, certificate }: ProvenBlock, chain: Chain): Finding {
  const verdict = verifyCertificate({
    certificate,
    header,
    hash,
    genesisHash: chain.hash,
    validators: chain.data.validators,
  });
  return verdict.valid
    ? passed(`confirmed by ${certificate.votes.length} of ${chain.data.validators.length} validators`)
    : failed(verdict.detail);
}
