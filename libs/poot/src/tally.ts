// The tally of an epoch: all entities by what they have done. Two nodes with the same proofs get the same bytes.
import { createHash } from 'node:crypto';
import { canonicalHash } from '@lucid/ledger';
import { MIN_UPTIME, SCORE_SCALE, WINDOW_SECONDS } from './constants.ts';
import type { TallyData, TallyEntry, TaskProofData } from './payloads.ts';
import { roundedQuotient, saturatingAdd } from './saturating.ts';
import { createWorkBook, type EntityWork } from './work-book.ts';

export interface Tally {
  readonly epoch: number;
  /** All entities with a proof in the window, by rank. */
  readonly entries: readonly TallyEntry[];
  /** SHA-256(canonical {kind: "tally", epoch, seed, entries}), 64 hex. */
  readonly hash: string;
}

export interface TallyInput {
  readonly epoch: number;
  /** Hash of the last block that was final before the epoch began, 64 hex: the public tie-break. */
  readonly seed: string;
  /** Judged proofs in any order, each with the slot of the block that holds it. @default its own slot */
  readonly proofs: Iterable<TaskProofData & { readonly block_slot?: number }>;
}

/** The tally of an epoch from a list of proofs; those outside the window are passed over. */
export function tallyOf({ epoch, seed, proofs }: TallyInput): Tally {
  const book = createWorkBook();
  for (const proof of proofs) book.add(proof, proof.block_slot ?? proof.slot);
  return tallyOfWork(epoch, seed, book.window(epoch));
}

/** The tally of work that is summed up already. */
export function tallyOfWork(epoch: number, seed: string, work: readonly EntityWork[]): Tally {
  const scored = work.map((entity) => ({ ...scoreOf(entity), tie: tieBreak(seed, epoch, entity.entity_id) }));
  scored.sort(
    (a, b) =>
      Number(b.eligible) - Number(a.eligible) ||
      b.live_millionths - a.live_millionths ||
      (a.tie < b.tie ? -1 : 1),
  );
  const entries = scored.map(({ tie: _, ...entry }, index): TallyEntry => ({ rank: index + 1, ...entry }));
  return { epoch, entries, hash: canonicalHash({ kind: 'tally', epoch, seed, entries }) };
}

/** What of a tally goes on the chain, where these validators may lead. */
export function tallyData({ epoch, entries, hash }: Tally, validators: readonly string[]): TallyData {
  const leading = new Set(validators);
  return { kind: 'tally', epoch, entries: entries.filter(({ entity_id }) => leading.has(entity_id)), hash };
}

/** SHA-256(raw seed ‖ epoch as 64 bits big-endian ‖ entity id in UTF-8), 64 hex: nobody can choose it. */
export function tieBreak(seed: string, epoch: number, entityId: string): string {
  const epochBytes = Buffer.alloc(8);
  epochBytes.writeBigUInt64BE(BigInt(epoch));
  return createHash('sha256')
    .update(Buffer.from(seed, 'hex'))
    .update(epochBytes)
    .update(entityId, 'utf8')
    .digest('hex');
}

/**
 * uptime = mean over the members of min(seconds / 604800, 1), as the fraction uptime_seconds / (members · 604800); live =
 * credits · uptime in millionths, computed in whole numbers so that no order of summation shows. Eligible is who has credits and an
 * uptime of at least 0.2, tested on the fraction and not on the rounded number.
 */
function scoreOf(work: EntityWork): Omit<TallyEntry, 'rank'> {
  const { entity_id, relay, storage, validation, members, uptime_seconds } = work;
  const credits = saturatingAdd(saturatingAdd(relay, storage), validation);
  const whole = BigInt(members) * BigInt(WINDOW_SECONDS);
  const scaledUptime = BigInt(uptime_seconds) * BigInt(SCORE_SCALE);
  const enough =
    BigInt(uptime_seconds) * BigInt(MIN_UPTIME.denominator) >= whole * BigInt(MIN_UPTIME.numerator);
  return {
    entity_id,
    eligible: credits > 0 && enough,
    credits,
    relay,
    storage,
    validation,
    uptime_millionths: roundedQuotient(scaledUptime, whole),
    live_millionths: roundedQuotient(BigInt(credits) * scaledUptime, whole),
  };
}
