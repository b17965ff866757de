import type { SystemStatus, UpOptions } from '../engines/engine.ts';
import { homeAt } from '../engines/process/home.ts';
import { launch } from '../engines/process/launch.ts';
import type { ProcessEngine } from '../engines/process/process-engine.ts';
import { loadProcessSystem } from '../engines/process/process-system.ts';
import { deployErrors } from '../errors.ts';
import { type Interruptions, interruptions } from './interruptions.ts';
import { type Progress, showProgress } from './progress.ts';
import { statusSummary, statusTable } from './table.ts';
import type { Terminal } from './terminal.ts';

/** `up`: in the background with `detach`, else until Ctrl-C or until somebody else says `down`. */
export async function up(
  engine: ProcessEngine,
  options: UpOptions,
  detach: boolean,
  terminal: Terminal,
): Promise<void> {
  const interruption = interruptions();
  const startedAtMs = performance.now();
  const progress = showProgress(terminal, startedAtMs);
  try {
    if (detach) {
      const report = await engine.up(options, progress.listener, interruption.stop.signal);
      await progress.finish(false);
      return announce(terminal, report.status, report.started ? startedAtMs : undefined, report.restarted);
    }
    const running = await engine.alreadyUp(options, progress.listener);
    if (running) return announce(terminal, running.status, undefined, running.restarted);

    try {
      await runHere(engine, options, progress, interruption, (status) => {
        announce(terminal, status, startedAtMs, []);
        terminal.line('Ctrl-C stops it.');
      });
    } catch (error) {
      const theirs = await engine.orElseRunning(error, options, progress.listener);
      return announce(terminal, theirs.status, undefined, theirs.restarted);
    }
    terminal.line('Everything has been stopped.');
  } catch (error) {
    await progress.finish(true);
    throw error;
  } finally {
    interruption.ignore();
  }
}

/** The supervisor lives in this very process; resolves when the system is down. */
async function runHere(
  engine: ProcessEngine,
  options: UpOptions,
  progress: Progress,
  interruption: Interruptions,
  ready: (status: SystemStatus) => void,
): Promise<void> {
  const order = engine.orderFor(options);
  const system = await loadProcessSystem(order);
  const home = homeAt(order.root, order.home);
  const signals = { stop: interruption.stop.signal, force: interruption.force.signal };
  const launched = await launch(system, { ...order, home }, progress.listener, signals);
  await progress.finish(false);
  ready(launched.status());
  await launched.closed;
}

function announce(
  terminal: Terminal,
  status: SystemStatus,
  startedAtMs: number | undefined,
  restarted: readonly string[],
): void {
  const seconds = startedAtMs === undefined ? undefined : (performance.now() - startedAtMs) / 1_000;
  terminal.document({ started: seconds !== undefined, seconds, restarted, status });
  terminal.line(`\n${statusTable(status)}\n`);
  const how =
    seconds === undefined
      ? restarted.length > 0
        ? `, restarted ${restarted.join(', ')}`
        : ', was up already'
      : `, ${seconds.toFixed(1)} s`;
  terminal.line(`${statusSummary(status)}${how}`);
  if (status.system === 'lucid')
    terminal.line('Try next: npx lucid demo · nx run deploy:logs -f · nx run deploy:scale chunk-processor=3');
  if (status.instances.some((instance) => instance.state !== 'ready')) {
    throw deployErrors.unexpected('not every instance is ready: see `nx run deploy:logs`');
  }
}
