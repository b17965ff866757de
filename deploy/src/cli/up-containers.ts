import type { Engine, UpOptions } from '../engines/engine.ts';
import { interruptions } from './interruptions.ts';
import { showProgress } from './progress.ts';
import { statusSummary, statusTable } from './table.ts';
import { paint, type Terminal } from './terminal.ts';

/** What a shell reports of a command that Ctrl-C ended. */
const INTERRUPTED = 130;

/** `up` on an engine that keeps running by itself: returns when everything is ready, Ctrl-C before that undoes it, a second one ends that too. */
export async function upContainers(engine: Engine, options: UpOptions, terminal: Terminal): Promise<void> {
  const startedAtMs = performance.now();
  const interruption = interruptions();
  interruption.force.signal.addEventListener('abort', () => process.exit(INTERRUPTED));
  const progress = showProgress(terminal, startedAtMs);
  try {
    const report = await engine.up(options, progress.listener, interruption.stop.signal);
    await progress.finish(false);
    const seconds = (performance.now() - startedAtMs) / 1_000;
    terminal.document({
      started: report.started,
      seconds,
      restarted: report.restarted,
      status: report.status,
    });
    terminal.line(`\n${statusTable(report.status)}\n`);
    terminal.line(statusSummary(report.status));
    const done = report.started ? `up on ${engine.name} in ${seconds.toFixed(1)} s` : 'was up already';
    terminal.line(`${paint('green', done)}; \`nx run deploy:down\` stops it`);
  } catch (error) {
    await progress.finish(true);
    throw error;
  } finally {
    interruption.ignore();
  }
}
