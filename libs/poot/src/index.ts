export {
  COOLDOWN_SLOTS,
  cooldownSlots,
  FINALITY_DEPTH,
  firstSlotOfEpoch,
  LEADER_WINDOW_DAYS,
  MAX_SLOT_DISTANCE,
  MAX_UPTIME_SECONDS,
} from './constants.ts';
export { createPootState, restorePootState } from './create-poot-state.ts';
export { relayCredits, storageCredits, validationCredits } from './credits.ts';
export { type LeaderInput, leaderAt, leadersOf, type SlotLeaders } from './leaders.ts';
export {
  NodeRegistrationData,
  type SystemPayload,
  TallyData,
  TallyEntry,
  TaskProofData,
  type TaskProofType,
} from './payloads.ts';
export { PootError, type PootErrorCode } from './poot-error.ts';
export { nextSlotState, type SlotEvent, type SlotPhase, type SlotState, slotBegun } from './slot-state.ts';
export { type LedBlock, type SlotResult, winnerOf } from './slot-winner.ts';
export { PootSnapshot, SNAPSHOT_VERSION } from './snapshot.ts';
export type { BlockJudge, FoldedBlock, FoldOutcome, PootState, RegisteredNode } from './state.ts';
export type { SystemFault, SystemFaultCode, SystemVerdict } from './system-verdict.ts';
export { type Tally, type TallyInput, tallyData, tallyOf, tallyOfWork, tieBreak } from './tally.ts';
export { viewsPerSlot } from './view.ts';
export { createWorkBook, type EntityWork, type WorkBook } from './work-book.ts';
