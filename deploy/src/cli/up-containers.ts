import type { Engine, UpOptions } from '../engines/engine.ts';
import { showProgress } from './progress.ts';
import { statusSummary, statusTable } from './table.ts';
import { paint, type Terminal } from './terminal.ts';

/** The last one: the terminal has gone. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `up` on an engine that keeps running by itself: returns when everything is ready, Ctrl-C before that undoes it. */
export async function upContainers(engine: Engine, options: UpOptions, terminal: Terminal): Promise<void> {
  const startedAtMs = performance.now();
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  for (const signal of SIGNALS) process.once(signal, interrupt);
  const progress = showProgress(terminal, startedAtMs);
  try {
    const report = await engine.up(options, progress.listener, interruption.signal);
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
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}
