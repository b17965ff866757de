export type { CertifiedBlock, ConsensusBlock } from './block.ts';
export type { Effect, Evidence } from './effect.ts';
export { type Flaws, NO_FLAWS } from './flaws.ts';
export type { Input } from './input.ts';
export type { Lock, Memory, ValidBlock } from './memory.ts';
export {
  ConsensusMessage,
  type Message,
  type ProofMessage,
  type ProposalMessage,
  type StatusMessage,
  type VoteMessage,
} from './message.ts';
export { ConsensusNode } from './node.ts';
export { Proposal, proposalHash } from './proposal.ts';
export type { DropReason, NodeState, PeerReport, Report } from './report.ts';
export type { Settings, Signer } from './settings.ts';
export { Status, statusHash } from './status.ts';
export { SLOT_TIMEOUT_MS } from './view-clock.ts';
