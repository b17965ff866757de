import type { DockerCommand } from '../containers/docker-command.ts';
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
  const streams = wanted.map(({ container, status }) => ({
    id: status.id,
    lines: docker.lines(['logs', '--timestamps', '--follow', '--tail', '0', container.Id], signal),
  }));
  yield* followed(streams);
}

interface Stream {
  readonly id: string;
  readonly lines: AsyncGenerator<string>;
}

async function* followed(streams: readonly Stream[]): AsyncGenerator<LogLine> {
  const next = (at: number) => streams[at]?.lines.next().then((result) => ({ at, result }));
  const waiting = new Map(streams.map((_, at) => [at, next(at)]));
  try {
    while (waiting.size > 0) {
      const first = await Promise.race(waiting.values());
      if (!first) return;
      if (first.result.done) waiting.delete(first.at);
      else {
        waiting.set(first.at, next(first.at));
        yield logLine(streams[first.at]?.id ?? '', first.result.value);
      }
    }
  } finally {
    await Promise.all(streams.map(({ lines }) => lines.return(undefined)));
  }
}

const isNamed = (of: readonly string[], status: { readonly id: string; readonly service: string }) =>
  of.some((name) => [status.id, status.service].some((own) => own === name || own === `lucid-${name}`));

/** Docker puts an RFC 3339 time with nanoseconds before each line. */
function logLine(instance: string, text: string): LogLine {
  const [, time, rest] = /^(\d{4}-\d\d-\d\dT\S+Z) (.*)$/s.exec(text) ?? [];
  const timeMs = time === undefined ? Number.NaN : Date.parse(time);
  return { instance, text: rest ?? text, timeMs: Number.isNaN(timeMs) ? undefined : timeMs };
}
