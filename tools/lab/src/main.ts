import type { Print } from './cli/data-command.ts';
import { labProgram } from './cli/data-options.ts';
import { engineCommand } from './cli/engine-command.ts';
import { addEngineCommands } from './cli/engine-options.ts';
import { progressOn } from './cli/progress.ts';
import type { Lab } from './data/lab.ts';
import { LabError } from './errors.ts';
import { imagesCommand } from './images/command.ts';
import { addImagesCommand } from './images/options.ts';
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

/** Runs one command with this process's lab and output, and ends with its exit code. */
async function run(json: boolean, command: (lab: Lab, print: Print) => Promise<number>): Promise<void> {
  const env = process.env;
  const lab = { cache: cacheDir(env), env, signal: interrupt.signal, progress: progressOn(process.stderr) };
  const print: Print = (value, lines) =>
    process.stdout.write(json ? `${JSON.stringify(value)}\n` : lines.map((line) => `${line}\n`).join(''));
  try {
    process.exitCode = await command(lab, print);
  } catch (error) {
    process.exitCode = report(error);
  }
}

const program = labProgram((options, command) =>
  run(options.json, async (lab, print) => {
    const { dataCommand } = await import('./cli/data-command.ts'); // loads a database driver
    return dataCommand(lab, options, command, print);
  }),
);
addEngineCommands(program, (request) =>
  run(request.json, (lab, print) => engineCommand(lab, request, print)),
);
addImagesCommand(program, (options) => run(options.json, (lab, print) => imagesCommand(lab, options, print)));

await program.parseAsync();
