import type { LogLine } from '../engines/engine.ts';
import type { Check, Result } from './check.ts';
import { badEntryOf, type LogEntry } from './log-level.ts';
import { type Finding, folded } from './per-service.ts';

const LINES = 200;
const RECENTLY_MS = 600_000;
/** Other people's servers call it an error that their neighbours are not there yet. Ours do not. */
const FOREIGN_START_MS = 60_000;
const LONGEST_MESSAGE = 120;

interface Bad extends LogEntry {
  readonly timeMs: number | undefined;
}

/**
 * Errors among the last lines of each instance. Those of the last ten minutes, and those that do not say when, are a
 * failure: somebody has to act, or the line is no error. Older ones are told, and so are those of the first minute of a
 * server that is not ours. No lines at all is unknown.
 */
export const logErrors: Check = {
  name: 'logs',
  run: async (context) => {
    const lines = new Map<string, LogLine[]>();
    for await (const line of context.engine.logs({ lines: LINES })) {
      const own = lines.get(line.instance);
      if (own) own.push(line);
      else lines.set(line.instance, [line]);
    }
    return context.system.services.flatMap((service): Result[] => {
      const instances = context.status.instances.filter((instance) => instance.service === service.name);
      return folded(
        logErrors.name,
        instances.map(({ id, startedAt }) => {
          const startedMs =
            service.image.ours || !startedAt ? Number.NEGATIVE_INFINITY : Date.parse(startedAt);
          return findingOf(id, lines.get(id) ?? [], context.nowMs, startedMs + FOREIGN_START_MS);
        }),
      );
    });
  },
};

function findingOf(id: string, lines: readonly LogLine[], nowMs: number, settledMs: number): Finding {
  if (lines.length === 0) return { id, verdict: 'unknown', detail: 'no lines to read' };
  const bad = lines.flatMap(({ text, timeMs }): Bad[] => {
    const entry = badEntryOf(text);
    return entry ? [{ ...entry, timeMs }] : [];
  });
  const sinceMs = Math.max(nowMs - RECENTLY_MS, settledMs);
  const recent = bad.filter(({ timeMs }) => timeMs === undefined || timeMs > sinceMs);
  if (recent.length > 0)
    return { id, verdict: 'failed', detail: told(recent, 'in the last 10 minutes', nowMs) };
  if (bad.length > 0)
    return { id, verdict: 'ok', detail: told(bad, 'longer ago or while it started', nowMs) };
  return { id, verdict: 'ok', detail: 'no errors in its last lines' };
}

function told(bad: readonly Bad[], when: string, nowMs: number): string {
  const fatal = bad.filter(({ level }) => level === 'fatal').length;
  const newest = bad.reduce((a, b) => ((b.timeMs ?? nowMs) >= (a.timeMs ?? nowMs) ? b : a));
  const counted = [
    ...(fatal > 0 ? [`${fatal} fatal`] : []),
    ...(bad.length > fatal ? [`${bad.length - fatal} ${bad.length - fatal === 1 ? 'error' : 'errors'}`] : []),
  ].join(' and ');
  const message = newest.message.replaceAll(/\s+/g, ' ');
  const cut = message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
  return `${counted} ${when}, the newest: ${cut}`;
}
