/**
 * What a planner says about what it sees. Every task is the same loop around one pure function:
 *
 * ```
 *            ┌───────────── again ◀──────────────┐
 *            ▼                                   │
 *  observe ─▶ plan ─┬─ do ────▶ one step, one line of log
 *                   ├─ wait ──▶ a pause; the reason is logged when it is a new one
 *                   ├─ done ──▶ exit 0
 *                   └─ refuse ▶ exit 1: only a person may decide this
 * ```
 *
 * Nothing is remembered between rounds, so a run that was interrupted anywhere is completed by the next one.
 */
export type Decision<Action> =
  | { readonly kind: 'do'; readonly action: Action }
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'refuse'; readonly reason: string }
  | { readonly kind: 'done' };

export const act = <Action>(action: Action): Decision<Action> => ({ kind: 'do', action });
export const wait = (reason: string): Decision<never> => ({ kind: 'wait', reason });
export const refuse = (reason: string): Decision<never> => ({ kind: 'refuse', reason });
export const done: Decision<never> = { kind: 'done' };
