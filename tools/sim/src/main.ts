import { parseCommandLine, WrongUse } from './command-line.ts';
import { scenarioText, summaryText } from './consensus/report.ts';
import { runSeed } from './consensus/run-seed.ts';
import { runSeeds } from './consensus/run-seeds.ts';

const PROGRESS_EVERY_MS = 5000;

function main(args: readonly string[]): number {
  const wish = parseCommandLine(args);
  if (!wish) return 0; // help was printed
  const choices = wish.validators === undefined ? {} : { validators: wish.validators };
  const startedMs = performance.now();
  const seconds = () => (performance.now() - startedMs) / 1000;
  if (wish.seed !== undefined && wish.trace) {
    const outcome = runSeed(wish.seed, { choices, tell: (line) => process.stdout.write(`${line}\n`) });
    process.stdout.write(
      `${scenarioText(outcome.scenario)}\n${outcome.violation?.detail ?? 'nothing was violated'}\n`,
    );
    return outcome.violation ? 1 : 0;
  }
  let saidMs = startedMs;
  const range = wish.seed === undefined ? wish : { from: wish.seed, seeds: 1 };
  const { from, seeds } = range;
  const summary = runSeeds({
    from,
    seeds,
    choices,
    onSeed: ({ seed, violation }) => {
      const isDue = performance.now() - saidMs > PROGRESS_EVERY_MS;
      if (isDue || violation) {
        saidMs = performance.now();
        process.stderr.write(
          `[${seconds().toFixed(0).padStart(4)} s] seed ${seed}: ${violation?.detail ?? 'fine so far'}\n`,
        );
      }
      return false;
    },
  });
  const result = { ...summary, seconds: seconds(), seedsPerSecond: summary.seeds / seconds() };
  process.stdout.write(`${wish.json ? JSON.stringify(result) : summaryText(summary, seconds())}\n`);
  return summary.failures.length > 0 ? 1 : 0;
}

// Whoever reads a story may stop reading.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof WrongUse ? 2 : 1;
}
