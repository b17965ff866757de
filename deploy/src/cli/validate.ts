import type { Engine } from '../engines/engine.ts';
import type { Verdict } from '../validate/check.ts';
import { checks } from '../validate/checks.ts';
import { countsOf, resultsTable } from '../validate/report.ts';
import { lookAt, runChecks } from '../validate/run-checks.ts';
import { paint, type Terminal } from './terminal.ts';

const COLOURS: Readonly<Record<Verdict, Parameters<typeof paint>[0]>> = {
  ok: 'green',
  failed: 'red',
  unknown: 'yellow',
};

/**
 * `validate`: whether what runs is what was asked for, and well. What could not be read is shown as unknown and fails
 * nothing. Sets exit code 1 when something has failed. @throws `engine-not-up` (exit code 3) when nothing is up
 */
export async function validate(engine: Engine, terminal: Terminal): Promise<void> {
  const context = await lookAt(engine, Date.now());
  const results = await runChecks(checks, context);
  const counts = countsOf(results);
  terminal.document({ ...counts, results });
  terminal.line(resultsTable(results, (verdict) => paint(COLOURS[verdict], verdict)));
  terminal.line(`\n${counts.ok} ok, ${counts.failed} failed, ${counts.unknown} unknown`);
  if (counts.failed > 0) process.exitCode = 1;
}
