/**
 * ```
 *            wrong password                    the 5th
 *   clean ────────────────▶ counting (1..4) ────────────▶ locked
 *     ▲                        │                             │
 *     └── right password ──────┤                             │
 *     └── 15 min after the first ◀──────── after 15 min ─────┘
 * ```
 * Kept for the submitted e-mail address, known or not, so that a lock tells nothing about accounts.
 */
export interface FailureRecord {
  failures: number;
  /** From here on the record counts as clean. */
  endsAt: Date;
}

export interface LockoutPolicy {
  maxFailures: number;
  cooldownMs: number;
}

/** How long the address stays locked; 0 when it is not. */
export function lockedForMs(record: FailureRecord | undefined, policy: LockoutPolicy, nowMs: number): number {
  if (!record || record.failures < policy.maxFailures) return 0;
  return Math.max(0, +record.endsAt - nowMs);
}

/** True for the one failure that locks the address. */
export const locksNow = (record: FailureRecord, policy: LockoutPolicy): boolean =>
  record.failures === policy.maxFailures;
