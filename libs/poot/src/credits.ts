// Credits of one proof (specification 1.6, table of task proofs). Integers throughout: no division leaves a fraction.
import {
  RELAY_BYTES_PER_CREDIT,
  STORAGE_CREDITS_PER_CHUNK,
  STORAGE_CREDITS_PER_GIB,
  VALIDATION_CREDITS,
} from './constants.ts';
import type { TaskProofData } from './payloads.ts';
import { saturatingAdd, saturatingMultiply } from './saturating.ts';
import type { Work } from './work-cell.ts';

const GIB = 2 ** 30;

/** W = max(sessions, ceil(bytes / 2^20 / 5)) */
export function relayCredits(bytesTransferred: number, sessionsRelayed = 1): number {
  // By remainder, since a rounded quotient of large numbers can pass the next integer.
  const rest = bytesTransferred % RELAY_BYTES_PER_CREDIT;
  const shares = (bytesTransferred - rest) / RELAY_BYTES_PER_CREDIT + (rest > 0 ? 1 : 0);
  return Math.max(sessionsRelayed, shares);
}

/** floor(10 · size / 2^30) + 2 · chunks */
export function storageCredits(chunksStored: number, sizeBytes: number): number {
  // Whole GiB apart from the rest: 10 · size alone could pass 2^53.
  const rest = sizeBytes % GIB;
  const whole = ((sizeBytes - rest) / GIB) * STORAGE_CREDITS_PER_GIB;
  const size = whole + Math.floor((rest * STORAGE_CREDITS_PER_GIB) / GIB);
  return saturatingAdd(size, saturatingMultiply(chunksStored, STORAGE_CREDITS_PER_CHUNK));
}

/** 5 · sessions */
export function validationCredits(validatedSessions: number): number {
  return saturatingMultiply(validatedSessions, VALIDATION_CREDITS);
}

/** What one proof says, in credits and seconds of uptime. */
export function workOf(proof: TaskProofData): Work {
  const nothing = { relay: 0, validation: 0, uptime_seconds: 0, storage: 0 };
  switch (proof.type) {
    case 'relay_bandwidth':
      return {
        ...nothing,
        relay: relayCredits(proof.value.bytes_transferred, proof.value.sessions_relayed),
      };
    case 'storage_availability':
      return {
        ...nothing,
        storage: storageCredits(proof.value.chunks_stored, proof.value.size_bytes),
        storage_slot: proof.slot,
      };
    case 'validation_signature':
      return { ...nothing, validation: validationCredits(proof.value.validated_sessions) };
    case 'uptime_beacon':
      return { ...nothing, uptime_seconds: proof.value.uptime_seconds };
  }
}
