// The first block. Its content follows from configuration alone, so every node with the same one has the same hash.
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Block, type BlockHeader, blockHash, transactionsRoot, ValidatorId } from './block.ts';
import { BlockLimits, DEFAULT_BLOCK_LIMITS, sameLimits } from './block-limits.ts';
import { canonicalHash, canonicalJson } from './canonical-json.ts';
import { verifyHash } from './ed25519.ts';
import { LedgerError } from './ledger-error.ts';
import {
  NETWORK,
  PROTOCOL_VERSION,
  PublicKeyHex,
  Timestamp,
  timestampMs,
  ZERO_HASH,
  ZERO_SIGNATURE,
} from './primitives.ts';
import { CHAIN_EPOCH_MS, epochAt, slotAt } from './slots.ts';
import { firstError } from './verify-transaction.ts';

/** Who may sign blocks with which key. */
export const GenesisValidator = Type.Object(
  { validator: ValidatorId, public_key: PublicKeyHex },
  { additionalProperties: false },
);
export type GenesisValidator = Static<typeof GenesisValidator>;

/** Content of the one transaction of the genesis block. */
export const GenesisData = Type.Object(
  {
    kind: Type.Literal('genesis'),
    network: Type.Literal(NETWORK),
    version: Type.String({ minLength: 1, maxLength: 32 }),
    consensus: Type.Literal('PoOT'),
    created_at: Timestamp,
    validators: Type.Array(GenesisValidator, { minItems: 1, maxItems: 100 }),
    /** Absent for the defaults. */
    limits: Type.Optional(BlockLimits),
  },
  { additionalProperties: false },
);
export type GenesisData = Static<typeof GenesisData>;

/** What an operator decides about a chain; the order of the validators is part of it. */
export type GenesisConfig = Pick<GenesisData, 'version' | 'created_at' | 'validators' | 'limits'>;

const dataShape = Compile(GenesisData);
const blockShape = Compile(Block);

/**
 * The genesis block of a configuration. Its hash is what counts and its signatures are 128 zeros: no key has authority
 * before the block that lists the keys. The first validator may sign it with `signBlock`; the hash stays the same.
 * Limits that are the defaults are left out, so that there is one spelling of them. Throws `bad_genesis`.
 */
export function genesisBlock({ version, created_at, validators, limits }: GenesisConfig): Block {
  const data: GenesisData = {
    kind: 'genesis',
    network: NETWORK,
    version,
    consensus: 'PoOT',
    created_at,
    validators: validators.map(({ validator, public_key }) => ({ validator, public_key })),
    ...(limits === undefined || sameLimits(limits, DEFAULT_BLOCK_LIMITS) ? {} : { limits: { ...limits } }),
  };
  const first = assertSound(data);
  const transaction: Block['transactions'][number] = {
    tx_id: uuidOf(canonicalHash(data)),
    type: 'system',
    data,
    public_key: first.public_key,
    timestamp: created_at,
    signature: ZERO_SIGNATURE,
  };
  const createdMs = timestampMs(created_at) ?? CHAIN_EPOCH_MS;
  const header: BlockHeader = {
    protocol_version: PROTOCOL_VERSION,
    network: NETWORK,
    genesis_hash: ZERO_HASH,
    height: 0,
    previous_hash: ZERO_HASH,
    merkle_root: transactionsRoot([transaction]),
    timestamp: created_at,
    slot: slotAt(createdMs),
    epoch: epochAt(createdMs),
    fallback_index: 0,
    nonce: 0,
    difficulty: 1,
    transaction_count: 1,
    validator: first.validator,
  };
  return { header, hash: blockHash(header), signature: ZERO_SIGNATURE, transactions: [transaction] };
}

export type GenesisVerdict =
  | { readonly valid: true; readonly hash: string; readonly data: GenesisData }
  | { readonly valid: false; readonly detail: string };

/**
 * Rebuilds the genesis block from the data it carries and compares every field, so nothing in it is unaccounted for.
 * The signature is 128 zeros or that of the first validator. Takes anything, throws nothing.
 */
export function verifyGenesis(candidate: unknown): GenesisVerdict {
  if (!blockShape.Check(candidate)) return { valid: false, detail: firstError(blockShape.Errors(candidate)) };
  const data: unknown = candidate.transactions[0]?.data;
  if (!dataShape.Check(data)) return { valid: false, detail: `data: ${firstError(dataShape.Errors(data))}` };
  let rebuilt: Block;
  try {
    rebuilt = genesisBlock(data);
    const differs = canonicalJson({ ...candidate, signature: ZERO_SIGNATURE }) !== canonicalJson(rebuilt);
    if (differs) return { valid: false, detail: 'differs from the block that its own data makes' };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { valid: false, detail: error.message };
  }
  const { signature } = candidate;
  if (
    signature !== ZERO_SIGNATURE &&
    !verifyHash(rebuilt.hash, signature, data.validators[0]?.public_key ?? '')
  ) {
    return { valid: false, detail: 'carries a signature that is not the first validator’s' };
  }
  return { valid: true, hash: rebuilt.hash, data };
}

/** How much a block of this chain may hold. */
export function limitsOf({ limits }: GenesisData): BlockLimits {
  return limits ?? DEFAULT_BLOCK_LIMITS;
}

/** Public key of a validator that the genesis block lists. */
export function genesisPublicKey(data: GenesisData, validator: string): string | undefined {
  return data.validators.find((entry) => entry.validator === validator)?.public_key;
}

function assertSound(data: GenesisData): GenesisValidator {
  if (!dataShape.Check(data)) throw new LedgerError('bad_genesis', firstError(dataShape.Errors(data)));
  const createdMs = timestampMs(data.created_at);
  if (createdMs === undefined || createdMs < CHAIN_EPOCH_MS) {
    throw new LedgerError('bad_genesis', `created_at ${data.created_at} is no day since 2024`);
  }
  const distinct = (values: readonly string[]) => new Set(values).size === values.length;
  const keys = data.validators.map((entry) => entry.public_key);
  if (!distinct(keys) || !distinct(data.validators.map((entry) => entry.validator))) {
    throw new LedgerError('bad_genesis', 'validators need distinct names and distinct keys');
  }
  const [first] = data.validators;
  if (!first) throw new LedgerError('bad_genesis', 'a chain needs a validator');
  return first;
}

/** UUID version 8 from a hash: the id has to follow from the content. */
function uuidOf(hashHex: string): string {
  const hex = `${hashHex.slice(0, 12)}8${hashHex.slice(13, 16)}8${hashHex.slice(17, 32)}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
