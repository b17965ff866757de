import { join } from 'node:path';
import { Belongings } from './belongings.ts';
import { benchmarks } from './benchmarks/index.ts';
import { parseCommandLine, selected, WrongUse } from './command-line.ts';
import { machineLine, thisMachine } from './measure/machine.ts';
import { type Report, reportFileName, reportText, sectionText, writeReport } from './measure/report.ts';
import { runBenchmarks } from './run-benchmarks.ts';

const REPORTS = join(import.meta.dirname, '../../../dist/bench');

async function main(args: readonly string[]): Promise<number> {
  const wish = parseCommandLine(args);
  if (!wish) return 0; // help was printed
  const chosen = selected(benchmarks, wish.only);
  if (wish.list) {
    for (const { name, summary } of chosen) process.stdout.write(`${name.padEnd(16)} ${summary}\n`);
    return 0;
  }
  const belongings = new Belongings();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      process.stderr.write(`${signal}: ending what was started\n`);
      void belongings.endAll().then((problems) => {
        for (const problem of problems) process.stderr.write(`left behind: ${String(problem)}\n`);
        process.exit(130);
      });
    });
  const startedAt = new Date().toISOString();
  const startedMs = performance.now();
  const say = (line: string) =>
    process.stderr.write(`[${((performance.now() - startedMs) / 1000).toFixed(0).padStart(4)} s] ${line}\n`);
  const machine = thisMachine();
  say(machineLine(machine));
  try {
    const results = await runBenchmarks(chosen, {
      quick: wish.quick,
      write: wish.write,
      levels: wish.levels,
      minutes: wish.minutes,
      validators: wish.validators,
      belongings,
      say,
      onResult: (result) => process.stderr.write(`\n${sectionText(result)}\n\n`),
    });
    if (belongings.isOver) return await new Promise<never>(() => undefined); // the signal’s handler ends the process
    const report: Report = {
      format: 1,
      started_at: startedAt,
      quick: wish.quick,
      machine,
      benchmarks: results,
    };
    const files = [join(REPORTS, reportFileName(startedAt)), ...(wish.json ? [wish.json] : [])];
    for (const file of files) writeReport(file, report);
    process.stdout.write(`${reportText(report)}\n\n${files.map((file) => `written to ${file}\n`).join('')}`);
    return results.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
  } finally {
    for (const problem of await belongings.endAll())
      process.stderr.write(`left behind: ${String(problem)}\n`);
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof WrongUse ? 2 : 1;
}
