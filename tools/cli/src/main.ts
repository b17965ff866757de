import { ServiceError, wireCode } from '@lucid/errors';
import { Command, CommanderError } from 'commander';
import { CliError, EXIT_CODE } from './cli-error.ts';
import { addDemo } from './commands/demo.ts';
import { addDownload } from './commands/download.ts';
import { addLogin } from './commands/login.ts';
import { addProof } from './commands/proof.ts';
import { addRecord } from './commands/record.ts';
import { addSessions } from './commands/sessions.ts';
import { addVerify } from './commands/verify.ts';
import { addWatch } from './commands/watch.ts';

function createProgram(): Command {
  const program = new Command('lucid')
    .description('Record desktop sessions, and prove what was recorded.')
    .version('0.1.0')
    .showHelpAfterError('(add --help for the options)')
    .exitOverride()
    .addHelpText('after', '\nStart the platform with `npm start`, then see it all with `lucid demo`.');
  for (const add of [addDemo, addLogin, addRecord, addSessions, addWatch, addDownload, addProof, addVerify])
    add(program);
  return program;
}

/** Runs one command. Failures are one line on standard error and an exit code. */
export async function main(words: readonly string[]): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0); // `lucid sessions | head`
    throw error;
  });
  process.once('SIGINT', () => process.exit(EXIT_CODE.interrupted));
  try {
    await createProgram().parseAsync(words, { from: 'user' });
  } catch (error) {
    process.exitCode = report(error);
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_CODE.usage; // commander has said it
  const line = (text: string) => process.stderr.write(`lucid: ${text}\n`);
  if (error instanceof CliError) {
    line(error.hint ? `${error.message} (${error.hint})` : error.message);
    return error.exitCode;
  }
  if (error instanceof ServiceError) {
    line(`${error.message} [${wireCode(error.code)}]${fieldsOf(error)}`);
    return codeFor(error);
  }
  line(error instanceof Error ? error.message : String(error));
  return EXIT_CODE.failed;
}

function codeFor({ status, key }: ServiceError): number {
  if (key === 'UPSTREAM_UNREACHABLE') return EXIT_CODE.unreachable;
  if (status === 401) return EXIT_CODE.notSignedIn;
  if (status === 404) return EXIT_CODE.notFound;
  return status < 500 ? EXIT_CODE.refused : EXIT_CODE.failed;
}

/** Which fields were wrong, where the platform said so. */
function fieldsOf({ details }: ServiceError): string {
  const fields = details?.fields;
  return Array.isArray(fields)
    ? `: ${fields.map(({ field, problem }) => `${field} ${problem}`).join(', ')}`
    : '';
}
