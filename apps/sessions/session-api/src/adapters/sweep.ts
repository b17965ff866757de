import { type Clock, repeat } from '@lucid/clock';
import type { SessionDocument } from '../domain/session-document.ts';
import { overdue } from '../domain/time-limits.ts';
import { stopSession } from './control-session.ts';
import type { Deps } from './deps.ts';
import { archiveFiles } from './move-files.ts';

const BATCH = 100;
/** Longer than a round takes; renewed with each. */
const LEASE_MS = 60_000;
const LEASE = 'sweep';
/** A session that cannot be dealt with now is looked at again after this. */
const RETRY_MS = 60_000;
const HOUR_MS = 3_600_000;

export interface SweepDeps extends Deps {
  clock: Clock;
}

/** What one instance at a time does for all: ends recordings that are over their time, and sees to archive and retention. */
export async function runSweep(deps: SweepDeps, signal: AbortSignal): Promise<void> {
  const { clock, logger, leases, settings } = deps;
  const onError = (error: unknown) => logger.error({ err: error }, 'a round of the sweep failed');
  const pauseMs = settings.SWEEP_SECONDS * 1000;
  await repeat(() => sweepRound(deps), { clock, pauseMs, signal, onError });
  await leases.release(LEASE).catch(onError); // else the next one waits until it has run out
}

/** One round, for whoever has the lease. */
export async function sweepRound(deps: SweepDeps): Promise<boolean> {
  const { leases, settings } = deps;
  if (!(await leases.hold(LEASE, LEASE_MS + settings.SWEEP_SECONDS * 1000))) return false;
  await stopOverdue(deps);
  await expire(deps);
  await archive(deps);
  return false;
}

async function stopOverdue(deps: SweepDeps): Promise<void> {
  const { sessions, instruments, audit, clock, settings } = deps;
  const limits = {
    maxDurationMs: settings.MAX_SESSION_SECONDS * 1000,
    idleTimeoutMs: settings.IDLE_TIMEOUT_SECONDS * 1000,
  };
  let seen = 0;
  for (;;) {
    const running = await sessions.running(seen, BATCH);
    seen += running.length;
    for (const session of running) {
      const reason = overdue(session, limits, clock.nowMs());
      if (!reason) continue;
      const stopped = await attempt(deps, 'limits', session, async () => {
        await stopSession(deps, deps, session, reason);
        const resource = `sessions/${session._id}`;
        const row = { session_id: session._id, action: 'sweep', resource, result: 'ok' } as const;
        await audit.write({ ...row, event_type: 'session_stopped', details: { reason } });
      });
      if (stopped) instruments.sessions_stopped_total.inc({ reason });
    }
    if (running.length < BATCH) break;
  }
  instruments.sessions_active.set(await sessions.countRunning(clock.nowMs()));
}

/** What is past its retention is given to the purge, which removes it until it is gone. */
async function expire(deps: SweepDeps): Promise<void> {
  const { sessions, clock } = deps;
  for (const session of await sessions.toExpire(clock.nowMs(), BATCH)) {
    await attempt(deps, 'retention', session, async () => {
      await sessions.note(session._id, {
        purge_due_ms: clock.nowMs(),
        retention_due_ms: clock.nowMs() + HOUR_MS,
      });
    });
  }
}

async function archive(deps: SweepDeps): Promise<void> {
  const { sessions, audit, instruments, clock } = deps;
  for (const session of await sessions.toArchive(clock.nowMs(), BATCH)) {
    const done = await attempt(deps, 'archive', session, async () => {
      if (!(await archiveFiles(deps, session, clock))) return;
      instruments.sessions_archived_total.inc();
      const resource = `sessions/${session._id}`;
      const row = { session_id: session._id, action: 'sweep', resource, result: 'ok' } as const;
      await audit.write({ ...row, event_type: 'session_archived' });
    });
    if (!done) await sessions.note(session._id, { archive_due_ms: clock.nowMs() + RETRY_MS });
  }
}

/** One that cannot be dealt with now holds up nobody. */
async function attempt(
  { logger, instruments }: SweepDeps,
  sweep: string,
  session: SessionDocument,
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    instruments.session_sweep_failures_total.inc({ sweep });
    logger.warn({ err: error, session_id: session._id, sweep }, 'the sweep will try this session again');
    return false;
  }
}
