import type { TransactionType } from '@lucid/ledger';

/** Place in the queue for a block: system first, then anchors, then the rest. */
export const PRIORITY = { system: 0, session_anchor: 1, other: 2 } as const;
export type Priority = (typeof PRIORITY)[keyof typeof PRIORITY];

export function priorityOf(type: TransactionType): Priority {
  return type === 'system' || type === 'session_anchor' ? PRIORITY[type] : PRIORITY.other;
}
