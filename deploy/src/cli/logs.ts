import type { Engine } from '../engines/engine.ts';
import { deployErrors } from '../errors.ts';
import { paint, type Terminal } from './terminal.ts';

const COLOURS = ['cyan', 'magenta', 'blue', 'yellow', 'green', 'white'] as const;

export interface LogsCommand {
  readonly of: readonly string[];
  readonly lines: number;
  readonly follow: boolean;
}

/** `logs`: recent lines of all instances in the order they were written, then, with `-f`, what comes. */
export async function logs(engine: Engine, command: LogsCommand, terminal: Terminal): Promise<void> {
  const over = new AbortController();
  const end = () => over.abort();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  process.stdout.on('error', end); // `logs | head`: the reader has seen enough; what is on its way fails as well
  const names: string[] = [];
  for await (const { instance, text, timeMs } of engine.logs({ ...command, signal: over.signal })) {
    if (!names.includes(instance)) names.push(instance);
    const colour = COLOURS[names.indexOf(instance) % COLOURS.length] ?? 'white';
    terminal.document({ instance, time_ms: timeMs, text });
    terminal.line(`${paint(colour, instance.padEnd(26))} ${text}`);
  }
  process.off('SIGINT', end);
  process.off('SIGTERM', end);
  if (names.length === 0 && !command.follow) throw deployErrors.noLogs(command.of.join(', ') || 'anything');
}
