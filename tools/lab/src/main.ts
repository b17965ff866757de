import { dataCommand } from './cli/data-command.ts';
import { labProgram } from './cli/data-options.ts';
import { progressOn } from './cli/progress.ts';
import { LabError } from './errors.ts';
import { cacheDir } from './paths.ts';

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupt.abort());

function report(error: unknown): number {
  if (!(error instanceof LabError)) throw error;
  const prefix = error.code === 'CANNOT_RUN' ? 'skipped' : 'error';
  process.stderr.write(`${prefix}: ${error.message}\n`);
  if (error.detail) process.stderr.write(`${error.detail.replace(/^/gm, '  | ')}\n`);
  return error.exitCode;
}

const program = labProgram(async (options, command) => {
  const env = process.env;
  const lab = { cache: cacheDir(env), env, signal: interrupt.signal, progress: progressOn(process.stderr) };
  const print = (value: unknown, lines: readonly string[]) =>
    process.stdout.write(
      options.json ? `${JSON.stringify(value)}\n` : lines.map((line) => `${line}\n`).join(''),
    );
  try {
    process.exitCode = await dataCommand(lab, options, command, print);
  } catch (error) {
    process.exitCode = report(error);
  }
});

await program.parseAsync();
