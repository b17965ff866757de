export {
  Block,
  BlockHeader,
  blockHash,
  genesisHashAfter,
  type NextBlockInput,
  nextBlock,
  nextHeader,
  rootOfHashes,
  SignedHeader,
  signBlock,
  transactionsRoot,
  ValidatorId,
} from './block.ts';
export {
  BlockLimits,
  DEFAULT_BLOCK_LIMITS,
  MAX_BLOCK_BYTES,
  MAX_TRANSACTIONS_PER_BLOCK,
  sameLimits,
} from './block-limits.ts';
export { canonicalHash, canonicalJson } from './canonical-json.ts';
export {
  Certificate,
  type CertificateCase,
  type CertificateFault,
  type CertificateVerdict,
  isQuorum,
  VoteSignature,
  verifyCertificate,
} from './certificate.ts';
export {
  generateSigningKey,
  privateKeyPem,
  type SigningKey,
  signHash,
  signingKeyFromPem,
  signingKeyFromSeed,
  verifyHash,
} from './ed25519.ts';
export {
  type GenesisConfig,
  GenesisData,
  GenesisValidator,
  type GenesisVerdict,
  genesisBlock,
  genesisPublicKey,
  limitsOf,
  verifyGenesis,
} from './genesis.ts';
export { LedgerError, type LedgerErrorCode } from './ledger-error.ts';
export {
  Count,
  HashHex,
  NETWORK,
  PROTOCOL_VERSION,
  PublicKeyHex,
  SignatureHex,
  Timestamp,
  timestampMs,
  timestampOf,
  Uuid,
  ZERO_HASH,
  ZERO_SIGNATURE,
} from './primitives.ts';
export {
  CHAIN_EPOCH_MS,
  epochAt,
  epochOfSlot,
  SLOT_DURATION_MS,
  SLOTS_PER_EPOCH,
  slotAt,
  slotStartMs,
  tickAt,
  tickStartMs,
} from './slots.ts';
export {
  CheckpointSummary,
  SESSION_CHECKPOINT,
  SessionAnchorData,
  SessionCheckpointData,
  signTransaction,
  Transaction,
  TransactionType,
  txHash,
  type UnsignedTransaction,
} from './transaction.ts';
export { digestOf, type TransactionDigest } from './transaction-digest.ts';
export {
  type BlockCheck,
  type BlockRules,
  type BlockVerdict,
  blockBytes,
  MAX_BLOCK_LEAD_MS,
  verifyBlock,
} from './verify-block.ts';
export {
  firstError,
  type KnownOfTransaction,
  MAX_AGE_AT_SUBMISSION_MS,
  MAX_DATA_BYTES,
  MAX_TRANSACTION_LEAD_MS,
  type TransactionFault,
  type TransactionFaultCode,
  type TransactionVerdict,
  verifySubmission,
  verifyTransaction,
} from './verify-transaction.ts';
export {
  fallbackOfView,
  signVote,
  slotOfView,
  type UnsignedVote,
  VIEWS_PER_SLOT,
  Vote,
  VotePhase,
  verifyVote,
  viewOf,
  voteHash,
} from './vote.ts';
