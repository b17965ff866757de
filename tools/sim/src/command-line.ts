import { Command, CommanderError, InvalidArgumentError } from 'commander';

export interface Wish {
  readonly seeds: number;
  readonly from: number;
  /** One seed alone. */
  readonly seed: number | undefined;
  /** All seeds with this many validators. */
  readonly validators: number | undefined;
  readonly trace: boolean;
  readonly json: boolean;
}

/** A mistake on the command line: exit code 2. */
export class WrongUse extends Error {}

const NOTE = `
Progress goes to standard error, the story or the result to standard output.
Exit codes: 0 nothing was violated · 1 a seed failed · 2 wrong use · 130 interrupted

Examples:
  node tools/sim/src/main.ts consensus --seeds 300
  node tools/sim/src/main.ts consensus --seed 4711 --trace
  node tools/sim/src/main.ts consensus --seeds 2000 --from 5000 --validators 7 --json`;

/** @returns undefined when help was asked for, and printed. @throws WrongUse */
export function parseCommandLine(args: readonly string[]): Wish | undefined {
  let wish: Wish | undefined;
  const program = new Command('sim').description(
    'Runs real code under a virtual clock, with seeded bad luck.',
  );
  program
    .command('consensus')
    .description('validators with bad networks, crashes, lost disks, wrong clocks and liars among them')
    .option('--seeds <count>', 'how many', wholeNumber(1), 300)
    .option('--from <seed>', 'the first', wholeNumber(0), 1)
    .option('--seed <seed>', 'this one alone', wholeNumber(0))
    .option('--validators <count>', 'instead of 1 to 7 as the seed draws', wholeNumber(1, 20))
    .option('--trace', 'tell the story; with --seed')
    .option('--json', 'the result as JSON')
    .action((options: Partial<Wish> & Pick<Wish, 'seeds' | 'from'>) => {
      const { seeds, from, seed, validators, trace = false, json = false } = options;
      if (trace && seed === undefined) throw new WrongUse('--trace tells the story of one --seed');
      wish = { seeds, from, seed, validators, trace, json };
    })
    .addHelpText('after', NOTE);
  // Subcommands take their manners from the program only when they are made after it has them.
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput({ writeErr: () => undefined });
  try {
    program.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new WrongUse(
      error.message === '(outputHelp)' ? 'what? there is: consensus' : error.message.replace(/^error: /, ''),
    );
  }
  return wish;
}

function wholeNumber(least: number, most = 2 ** 31): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`a whole number from ${least} to ${most}`);
  };
}
