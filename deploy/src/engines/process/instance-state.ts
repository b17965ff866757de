/**
 * The life of one instance, as a pure function: the record and an event in, the new record and one action out.
 * No timers and no processes here; `instance.ts` owns those.
 *
 *              start             probe passed              probe failed
 *   planned ───────────▶ starting ───────────▶ ready ◀────────────────────▶ unready
 *                        ▲   │                   │       probe passed          │
 *                  retry │   │ exited            │ exited                      │ exited
 *                        │   ▼                   ▼                             │
 *                       backoff ◀──────────────────────────────────────────────┘
 *                          │
 *                          │ while it may still give up: too many crashes, not ready in time, exit code 78
 *                          ▼
 *                        failed
 *
 *   any of them ── stop ──▶ stopping ── exited ──▶ stopped      (no process: straight to stopped)
 */
import type { InstanceState } from '../engine.ts';

export interface InstanceRecord {
  readonly state: InstanceState;
  /** When it crashed lately, for the budget. Epoch milliseconds. */
  readonly crashesAtMs: readonly number[];
  /** Crashes since it was last stable; sets the length of the next pause. */
  readonly streak: number;
  readonly restarts: number;
  readonly readyAtMs: number | undefined;
  readonly everReady: boolean;
  /** It was ended because it did not become ready in time. */
  readonly timedOut: boolean;
}

export const freshRecord: InstanceRecord = {
  state: 'planned',
  crashesAtMs: [],
  streak: 0,
  restarts: 0,
  readyAtMs: undefined,
  everReady: false,
  timedOut: false,
};

export type InstanceEvent =
  | { readonly type: 'start' }
  | { readonly type: 'probe-passed' }
  | { readonly type: 'probe-failed' }
  /** Not ready in time: the process is ended and the exit that follows counts as a crash. */
  | { readonly type: 'start-deadline' }
  | { readonly type: 'exited'; readonly code: number | null }
  | { readonly type: 'retry' }
  | { readonly type: 'stop' };

export type InstanceAction =
  | { readonly kind: 'none' }
  | { readonly kind: 'spawn' }
  | { readonly kind: 'retry-later'; readonly delayMs: number }
  | { readonly kind: 'terminate' }
  | { readonly kind: 'give-up' };

export interface RestartPolicy {
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** This many crashes within the window are too many. */
  readonly crashLimit: number;
  readonly crashWindowMs: number;
  /** Ready for this long makes it stable: the pause starts small again. */
  readonly stableAfterMs: number;
}

export const DEFAULT_POLICY: RestartPolicy = {
  firstDelayMs: 200,
  longestDelayMs: 5_000,
  crashLimit: 5,
  crashWindowMs: 60_000,
  stableAfterMs: 60_000,
};

/** Exit code of a process whose configuration is wrong (sysexits EX_CONFIG): trying again cannot help. */
export const EXIT_CONFIG = 78;

export interface Decision {
  readonly record: InstanceRecord;
  readonly action: InstanceAction;
}

const NONE: InstanceAction = { kind: 'none' };

/**
 * Decides what an event means.
 * @param mayGiveUp true while the system is being started; later an instance is retried for ever.
 */
export function decide(
  record: InstanceRecord,
  event: InstanceEvent,
  nowMs: number,
  mayGiveUp: boolean,
  policy: RestartPolicy = DEFAULT_POLICY,
): Decision {
  const { state } = record;
  const stay: Decision = { record, action: NONE };
  const goTo = (next: InstanceState, action: InstanceAction = NONE): Decision => ({
    record: { ...record, state: next },
    action,
  });
  switch (event.type) {
    case 'start':
      return state === 'planned' ? goTo('starting', { kind: 'spawn' }) : stay;
    case 'retry':
      return state === 'backoff' ? goTo('starting', { kind: 'spawn' }) : stay;
    case 'probe-passed':
      if (state === 'unready') return goTo('ready');
      if (state !== 'starting') return stay;
      return { record: { ...record, state: 'ready', readyAtMs: nowMs, everReady: true }, action: NONE };
    case 'probe-failed':
      return state === 'ready' ? goTo('unready') : stay;
    case 'start-deadline':
      return state === 'starting'
        ? { record: { ...record, timedOut: true }, action: { kind: 'terminate' } }
        : stay;
    case 'stop':
      if (state === 'starting' || state === 'ready' || state === 'unready')
        return goTo('stopping', { kind: 'terminate' });
      return state === 'stopping' || state === 'stopped' ? stay : goTo('stopped');
    case 'exited':
      if (state === 'stopping') return goTo('stopped');
      if (state === 'starting' || state === 'ready' || state === 'unready') {
        return afterCrash(record, event.code, nowMs, mayGiveUp || !record.everReady, policy);
      }
      return stay;
  }
}

function afterCrash(
  record: InstanceRecord,
  code: number | null,
  nowMs: number,
  mayGiveUp: boolean,
  policy: RestartPolicy,
): Decision {
  const recent = [...record.crashesAtMs.filter((atMs) => nowMs - atMs < policy.crashWindowMs), nowMs];
  const stable = record.readyAtMs !== undefined && nowMs - record.readyAtMs >= policy.stableAfterMs;
  const streak = stable ? 1 : record.streak + 1;
  const next = { ...record, crashesAtMs: recent, streak, readyAtMs: undefined, timedOut: false };
  const hopeless = (code === EXIT_CONFIG && !record.everReady) || record.timedOut;
  if (mayGiveUp && (hopeless || recent.length >= policy.crashLimit)) {
    return { record: { ...next, state: 'failed' }, action: { kind: 'give-up' } };
  }
  const delayMs = Math.min(policy.longestDelayMs, policy.firstDelayMs * 2 ** (streak - 1));
  return {
    record: { ...next, state: 'backoff', restarts: record.restarts + 1 },
    action: { kind: 'retry-later', delayMs },
  };
}
