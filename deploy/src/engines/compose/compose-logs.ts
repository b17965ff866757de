import type { DockerCommand } from '../containers/docker-command.ts';
import { merged } from '../containers/merged.ts';
import type { LogLine, LogOptions } from '../engine.ts';
import type { ComposeContainer } from './compose-containers.ts';

const RECENT_LINES = 50;

/** Recent lines container by container, then, when followed, what any of them writes. */
export async function* composeLogs(
  docker: DockerCommand,
  containers: readonly ComposeContainer[],
  { of = [], lines = RECENT_LINES, follow = false, signal }: LogOptions,
): AsyncGenerator<LogLine> {
  const wanted = containers.filter(({ status }) => of.length === 0 || isNamed(of, status));
  for (const { container, status } of wanted) {
    const recent = docker.lines(['logs', '--timestamps', '--tail', String(lines), container.Id], signal);
    for await (const text of recent) yield logLine(status.id, text);
  }
  if (!follow) return;
  const following = wanted.map(
    ({ container, status }) =>
      async function* (over: AbortSignal): AsyncGenerator<LogLine> {
        const args = ['logs', '--timestamps', '--follow', '--tail', '0', container.Id];
        for await (const text of docker.lines(args, over)) yield logLine(status.id, text);
      },
  );
  yield* merged(following, signal);
}

const isNamed = (of: readonly string[], status: { readonly id: string; readonly service: string }) =>
  of.some((name) => [status.id, status.service].some((own) => own === name || own === `lucid-${name}`));

/** Docker puts an RFC 3339 time with nanoseconds before each line. */
function logLine(instance: string, text: string): LogLine {
  const [, time, rest] = /^(\d{4}-\d\d-\d\dT\S+Z) (.*)$/s.exec(text) ?? [];
  const timeMs = time === undefined ? Number.NaN : Date.parse(time);
  return { instance, text: rest ?? text, timeMs: Number.isNaN(timeMs) ? undefined : timeMs };
}
