import {
  baseVariables,
  type ConfigOf,
  defineConfig,
  flag,
  integer,
  meshVariables,
  mongoVariables,
  oneOf,
  secret,
  text,
} from '@lucid/config';
import {
  type BlockLimits,
  DEFAULT_BLOCK_LIMITS,
  GenesisValidator,
  MAX_BLOCK_BYTES,
  MAX_TRANSACTIONS_PER_BLOCK,
} from '@lucid/ledger';
import { Type } from 'typebox';
import { jsonList } from './json-variable.ts';

const MIB = 1024 * 1024;

const Peer = Type.Object(
  {
    validator: GenesisValidator.properties.validator,
    url: Type.String({ pattern: '^https?://[^/]+/?$' }),
    service: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
);

export const config = defineConfig('lucid-blockchain-engine', {
  ...baseVariables('lucid-blockchain-engine', 8084),
  ...meshVariables(),
  ...mongoVariables(),
  DATA_DIR: text({ doc: 'Folder of the Merkle leaf files.', default: '/data/merkle' }),
  BLOCKCHAIN_VALIDATOR_KEY: secret({
    doc: 'Ed25519 seed that signs blocks, 64 lower-case hex digits.',
    required: true,
    pattern: /^[0-9a-f]{64}$/,
  }),
  BLOCKCHAIN_NODE_ID: secret({
    doc: 'Name of this validator on the chain, 32 lower-case hex digits.',
    required: true,
    pattern: /^[0-9a-f]{32}$/,
  }),
  CONSENSUS_ALGORITHM: oneOf(['PoOT'], { doc: 'How leaders are chosen.', default: 'PoOT' }),
  GENESIS_CREATED_AT: text({
    doc: 'When the chain begins, RFC 3339 UTC with milliseconds. Part of the genesis block: never changed.',
    default: '2026-01-01T00:00:00.000Z',
    pattern: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/,
  }),
  BOOTSTRAP_VALIDATORS: jsonList({
    doc: 'All validators of the chain, at most 100; this engine alone when empty. Part of the genesis block: never changed.',
    type: '[{"validator","public_key"}]',
    item: GenesisValidator,
  }),
  BLOCKCHAIN_PEERS: jsonList({
    doc: 'Where the other validators are reached. service: whom calls are made out to, the host of the URL when left out.',
    type: '[{"validator","url","service"?}]',
    item: Peer,
  }),
  BLOCK_TIME_SECONDS: integer({ doc: 'Seconds between two blocks.', default: 10, min: 1, max: 60 }),
  PRODUCE_EMPTY_BLOCKS: flag({
    doc: 'Make a block at every tick, even without transactions.',
    default: true,
  }),
  BLOCK_SIZE_LIMIT_MB: integer({
    doc: 'Largest block of the chain, MiB of its canonical text. Part of the genesis block: never changed.',
    default: DEFAULT_BLOCK_LIMITS.max_block_bytes / MIB,
    min: 1,
    max: MAX_BLOCK_BYTES / MIB,
  }),
  MAX_TRANSACTIONS_PER_BLOCK: integer({
    doc: 'Most transactions in a block. Part of the genesis block: never changed.',
    default: DEFAULT_BLOCK_LIMITS.max_transactions,
    min: 1,
    max: MAX_TRANSACTIONS_PER_BLOCK,
  }),
  MAX_ANCHORS_PER_BLOCK: integer({
    doc: 'Most session anchors in a block. Part of the genesis block: never changed.',
    default: DEFAULT_BLOCK_LIMITS.max_anchors,
    min: 1,
    max: MAX_TRANSACTIONS_PER_BLOCK,
  }),
  CONSENSUS_WORKERS: integer({
    doc: 'Most threads that verify signatures; no more than there are processors.',
    default: 4,
    min: 1,
    max: 64,
  }),
  BLOCK_PROCESSING_THREADS: integer({
    doc: 'Most threads for hashes and Merkle trees of large blocks; no more than there are processors.',
    default: 8,
    min: 1,
    max: 64,
  }),
  MERKLE_TREE_HEIGHT_MAX: integer({
    doc: 'Highest Merkle tree of a session; 20 levels hold 1,048,576 leaves.',
    default: 20,
    min: 1,
    max: 20,
  }),
  UPTIME_BEACONS: flag({
    doc: 'Prove in every slot that this validator is up: a transaction of its own, by which it comes to lead.',
    default: true,
  }),
  MEMPOOL_MAX_TRANSACTIONS: integer({
    doc: 'More waiting transactions than this are refused (503).',
    default: 10_000,
    min: 1,
    max: 100_000,
  }),
  RATE_LIMIT_ENABLED: flag({ doc: 'Whether users are limited per group of endpoints.', default: true }),
  WRITER_LEASE_MS: integer({
    doc: 'How long the right to make blocks stays with an instance that has died.',
    default: 10_000,
    min: 1000,
    max: 120_000,
  }),
  INTEGRITY_BLOCKS_PER_SECOND: integer({
    doc: 'How fast the scan of all kept blocks may be.',
    default: 20,
    min: 1,
    max: 1000,
  }),
  INTEGRITY_REST_SECONDS: integer({
    doc: 'Pause between two scans of the whole chain.',
    default: 3600,
    min: 1,
    max: 604_800,
  }),
  CHAIN_CHECK_BLOCKS: integer({
    doc: 'How many of the newest blocks are checked at start.',
    default: 100,
    min: 1,
    max: 1_000_000,
  }),
});

export type Settings = ConfigOf<typeof config>;

/** What the genesis block says of blocks, when this configuration begins the chain. */
export const blockLimitsOf = (settings: Settings): BlockLimits => ({
  max_block_bytes: settings.BLOCK_SIZE_LIMIT_MB * MIB,
  max_transactions: settings.MAX_TRANSACTIONS_PER_BLOCK,
  max_anchors: settings.MAX_ANCHORS_PER_BLOCK,
});
