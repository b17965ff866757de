import { type Block, type GenesisConfig, type GenesisData, genesisBlock } from '@lucid/ledger';

const CHAIN_VERSION = '1';

export interface GenesisSettings {
  createdAt: string;
  validator: string;
  publicKey: string;
}

/** The genesis block of a chain with one validator. Follows from its arguments alone. */
export function soleValidatorGenesis({ createdAt, validator, publicKey }: GenesisSettings): Block {
  const config: GenesisConfig = {
    version: CHAIN_VERSION,
    created_at: createdAt,
    validators: [{ validator, public_key: publicKey }],
  };
  return genesisBlock(config);
}

/** Why this configuration does not belong to the chain; names the variable, never its value. Undefined when it does. */
export function genesisConflict(kept: GenesisData, wanted: GenesisSettings): string | undefined {
  const [validator] = kept.validators;
  const names = [
    ...(validator?.public_key === wanted.publicKey ? [] : ['BLOCKCHAIN_VALIDATOR_KEY']),
    ...(validator?.validator === wanted.validator ? [] : ['BLOCKCHAIN_NODE_ID']),
    ...(kept.created_at === wanted.createdAt ? [] : ['GENESIS_CREATED_AT']),
  ];
  if (names.length > 0) return `${names.join(' and ')} is not what this chain was begun with`;
  return kept.version === CHAIN_VERSION && kept.validators.length === 1
    ? undefined
    : 'the chain was begun with another version or other validators';
}
