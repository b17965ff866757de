import type { SessionEvent } from '@lucid/contracts';
import type { Command } from 'commander';
import { openAccount } from '../account.ts';
import { CliError, EXIT_CODE } from '../cli-error.ts';
import { describeEvent } from '../describe-event.ts';
import { Patience } from '../patience.ts';
import { watchFeed } from '../watch-feed.ts';
import { outputOf, withOutputOptions } from './command.ts';
import { wholeNumber } from './record.ts';

interface WatchOptions {
  patience: number;
  json?: boolean;
  quiet?: boolean;
}

export function addWatch(program: Command): void {
  withOutputOptions(program.command('watch'))
    .description('follow a session live until it has ended; with --json one JSON document a line')
    .argument('<session-id>')
    .option(
      '--patience <seconds>',
      'how long to go on trying while the platform is out of reach',
      wholeNumber(1, 86_400),
      120,
    )
    .action(watch);
}

/** Exit code 0 for a session that was completed, 1 for any other end. */
async function watch(sessionId: string, options: WatchOptions): Promise<void> {
  const output = outputOf(options);
  await using account = await openAccount();
  const patience = new Patience({
    patienceMs: options.patience * 1000,
    onInterruption: (reason) => output.say(`  waiting (${reason})`),
  });
  const print = (event: SessionEvent): void =>
    void process.stdout.write(`${output.json ? JSON.stringify(event) : describeEvent(event)}\n`);
  const status = await watchFeed({ account, sessionId, patience, onEvent: print });
  if (status !== 'completed') throw new CliError(`session ${sessionId} ${status}`, EXIT_CODE.failed);
}
