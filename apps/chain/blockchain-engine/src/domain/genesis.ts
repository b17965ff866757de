import {
  type BlockLimits,
  canonicalJson,
  type GenesisConfig,
  type GenesisData,
  type GenesisValidator,
} from '@lucid/ledger';
import { limitConflicts } from './limit-conflicts.ts';

const CHAIN_VERSION = '1';

/** What the configuration says of the chain, and who this engine is on it. */
export interface GenesisSettings {
  createdAt: string;
  /** Name and key of this engine. */
  self: GenesisValidator;
  /** All validators, in the order of the genesis block; none listed: this engine alone. */
  validators: readonly GenesisValidator[];
  /** How much a block may hold. @default the ledger's */
  limits?: BlockLimits;
}

/**
 * What the genesis block follows from: the same on every engine with the same settings.
 * @throws Error with one sentence when this engine has no place on that chain
 */
export function genesisConfigOf({ createdAt, self, validators, limits }: GenesisSettings): GenesisConfig {
  const listed = validators.length > 0 ? [...validators] : [self];
  const own = listed.find(({ validator }) => validator === self.validator);
  if (!own) throw new Error('BOOTSTRAP_VALIDATORS does not list BLOCKCHAIN_NODE_ID');
  if (own.public_key !== self.public_key)
    throw new Error(
      'BOOTSTRAP_VALIDATORS lists another key for this node than that of BLOCKCHAIN_VALIDATOR_KEY',
    );
  return {
    version: CHAIN_VERSION,
    created_at: createdAt,
    validators: listed,
    ...(limits === undefined ? {} : { limits }),
  };
}

/** Why this configuration does not belong to the chain; names the variable, never its value. Undefined when it does. */
export function genesisConflict(kept: GenesisData, settings: GenesisSettings): string | undefined {
  const names = [
    ...validatorConflicts(kept, settings),
    ...(kept.created_at === settings.createdAt ? [] : ['GENESIS_CREATED_AT']),
    ...limitConflicts(kept, settings.limits),
  ];
  if (names.length > 0) return `${names.join(' and ')} is not what this chain was begun with`;
  return kept.version === CHAIN_VERSION ? undefined : 'the chain was begun with another version';
}

function validatorConflicts(kept: GenesisData, { self, validators }: GenesisSettings): string[] {
  const [sole, ...others] = kept.validators;
  if (validators.length === 0 && sole && others.length === 0) {
    return [
      ...(sole.public_key === self.public_key ? [] : ['BLOCKCHAIN_VALIDATOR_KEY']),
      ...(sole.validator === self.validator ? [] : ['BLOCKCHAIN_NODE_ID']),
    ];
  }
  const wanted = validators.length > 0 ? validators : [self];
  return canonicalJson(kept.validators) === canonicalJson(wanted) ? [] : ['BOOTSTRAP_VALIDATORS'];
}
