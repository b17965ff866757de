import {
  type Block,
  type BlockLimits,
  type GenesisData,
  genesisPublicKey,
  limitsOf,
  verifyGenesis,
} from '@lucid/ledger';

/** Who votes and may make blocks, as the genesis block says. Who of them leads when, the ranking says. */
export interface Validators {
  genesis: Block;
  data: GenesisData;
  /** How much a block of this chain may hold. */
  limits: BlockLimits;
  /** This engine. */
  self: string;
  publicKeyOf: (validator: string) => string | undefined;
}

/** @param self name of this engine's validator @throws Error when the block is no genesis block */
export function validatorsOf(genesis: Block, self: string): Validators {
  const verdict = verifyGenesis(genesis);
  if (!verdict.valid) throw new Error(`the genesis block does not hold: ${verdict.detail}`);
  const { data } = verdict;
  return {
    genesis,
    data,
    limits: limitsOf(data),
    self,
    publicKeyOf: (validator) => genesisPublicKey(data, validator),
  };
}
