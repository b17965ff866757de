import type { System } from '../../model/types.ts';
import type { DockerCommand } from '../containers/docker-command.ts';
import { merged } from '../containers/merged.ts';
import type { LogLine, LogOptions } from '../engine.ts';

const RECENT_LINES = 50;

/** Lines of the tasks of each service, gathered by Swarm from all nodes that answer. Followed, all services at once. */
export async function* swarmLogs(
  docker: DockerCommand,
  system: System,
  { of = [], lines = RECENT_LINES, follow = false, signal }: LogOptions,
): AsyncGenerator<LogLine> {
  const built = system.services.filter(({ status }) => status === 'built');
  const wanted = built.filter(({ name }) => of.length === 0 || of.some((text) => isAbout(text, name)));
  const flags = ['--timestamps', '--no-trunc', '--tail', String(lines), ...(follow ? ['--follow'] : [])];
  const streams = wanted.map(
    ({ name }) =>
      async function* (over?: AbortSignal): AsyncGenerator<LogLine> {
        const args = ['service', 'logs', ...flags, `${system.name}_${name}`];
        for await (const text of docker.lines(args, over)) {
          const line = logLine(text, system.name) ?? remark(text, name);
          if (
            line &&
            (line.timeMs === undefined ||
              of.length === 0 ||
              of.some((wish) => isOf(wish, name, line.instance)))
          )
            yield line;
        }
      },
  );
  if (follow) yield* merged(streams, signal);
  else for (const stream of streams) yield* stream(signal);
}

const long = (text: string) => (text.startsWith('lucid-') ? text : `lucid-${text}`);
const isAbout = (wish: string, service: string) =>
  long(wish) === service || long(wish).replace(/-\d+$/, '') === service;
const isOf = (wish: string, service: string, instance: string) =>
  long(wish) === service || long(wish) === instance;

/** Docker's own words, for example of a node that does not hand its lines over: then what is shown is not all. */
function remark(text: string, service: string): LogLine | undefined {
  return text.trim() === '' ? undefined : { instance: service, text, timeMs: undefined };
}

/** `2026-01-01T00:00:00.0Z lucid_lucid-auth-service.2.<task>@node | text`; Swarm's own remarks have no such head. */
function logLine(text: string, stack: string): LogLine | undefined {
  const [, time = '', task = '', rest = ''] = /^(\S+Z) (\S+)@\S+\s+\| ?(.*)$/s.exec(text) ?? [];
  if (task === '') return undefined;
  const [name = '', slot = '1'] = task.slice(stack.length + 1).split('.');
  return { instance: `${name}-${slot}`, text: rest, timeMs: Date.parse(time) };
}
