import {
  type Block,
  type BlockHeader,
  type BlockLimits,
  type GenesisData,
  genesisPublicKey,
  limitsOf,
  verifyGenesis,
} from '@lucid/ledger';

/** Who may sign blocks. In bootstrap mode: the one validator of the genesis block, at every slot. */
export interface Validators {
  genesis: Block;
  data: GenesisData;
  /** How much a block of this chain may hold. */
  limits: BlockLimits;
  leader: string;
  publicKeyOf: (validator: string) => string | undefined;
  isValidatorKey: (publicKey: string) => boolean;
  mayLead: (header: BlockHeader) => boolean;
}

/** @throws Error when the block is no genesis block */
export function validatorsOf(genesis: Block): Validators {
  const verdict = verifyGenesis(genesis);
  if (!verdict.valid) throw new Error(`the genesis block does not hold: ${verdict.detail}`);
  const { data } = verdict;
  const leader = data.validators[0]?.validator ?? '';
  return {
    genesis,
    data,
    limits: limitsOf(data),
    leader,
    publicKeyOf: (validator) => genesisPublicKey(data, validator),
    isValidatorKey: (publicKey) => data.validators.some((known) => known.public_key === publicKey),
    mayLead: (header) => header.validator === leader && header.fallback_index === 0,
  };
}
