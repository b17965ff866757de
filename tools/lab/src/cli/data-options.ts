import { Command, Option } from 'commander';

export type DataAction = 'up' | 'down' | 'status' | 'check' | 'run';

export interface DataOptions {
  readonly action: DataAction;
  readonly fresh: boolean;
  readonly json: boolean;
  /** Folder of the instance; the default is `data` in the cache folder. */
  readonly state: string | undefined;
}

const ACTIONS = ['down', 'status', 'check', 'run'] as const;

const HELP = `
Without an option the data lab is brought up and its MongoDB address printed on standard output.

Examples:
  lab data                                bring it up (minutes the first time, seconds later)
  lab data --run -- npx vitest run …      only for one command, with MONGODB_TEST_URI set
  lab data --down

Exit codes: 0 done, 1 failed, 2 wrong use, 3 this machine cannot ("skipped: reason"),
130 interrupted; with --run the command's own.`;

/** Builds the program; `act` does the work and is told what was asked for. */
export function labProgram(act: (options: DataOptions, command: string[]) => Promise<void>): Command {
  const program = new Command('lab').description('Real engines on one Debian machine');
  // Wrong use ends with 2, for 1 says that the lab itself failed.
  program.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  program
    .command('data')
    .description('FerretDB on PostgreSQL and DocumentDB: a real store that speaks MongoDB')
    .argument('[command...]', 'with --run: the command and its arguments, after --')
    .addOption(new Option('--down', 'stop it').conflicts(['status', 'check', 'run', 'fresh']))
    .addOption(new Option('--status', 'say what runs').conflicts(['check', 'run', 'fresh']))
    .addOption(new Option('--check', 'say whether this machine can run it').conflicts(['run', 'fresh']))
    .option('--run', 'bring up a throw-away one, run the command, bring it down')
    .option('--fresh', 'begin with empty data')
    .option('--state <dir>', 'keep the instance (state, data, logs) in this folder')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async (command: string[], flags: Record<string, boolean | string | undefined>, self: Command) => {
      const action = ACTIONS.find((name) => flags[name] === true) ?? 'up';
      if (action !== 'run' && command.length > 0) self.error('error: a command is for --run only');
      const state = typeof flags.state === 'string' ? flags.state : undefined;
      await act({ action, fresh: flags.fresh === true, json: flags.json === true, state }, command);
    });
  return program;
}
