import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { Benchmark } from './benchmark.ts';
import { type Level, levelsIn } from './measure/level.ts';

export interface Wish {
  /** Names; all when empty. */
  readonly only: readonly string[];
  readonly list: boolean;
  readonly quick: boolean;
  /** A second place for the JSON report. */
  readonly json: string | undefined;
  /** Keeps what was measured where tests hold the model against it. */
  readonly write: boolean;
  /** What `recording` does at once; its own levels when undefined. */
  readonly levels: readonly Level[] | undefined;
  /** How long, and of how many validators, `ticks` watches a chain; its own numbers when undefined. */
  readonly minutes: number | undefined;
  readonly validators: number | undefined;
}

/** A mistake on the command line: exit code 2. */
export class WrongUse extends Error {}

/** @returns undefined when help was asked for, and printed. @throws WrongUse */
export function parseCommandLine(args: readonly string[]): Wish | undefined {
  const program = new Command('bench')
    .description('Measures Lucid on this machine, each figure beside a yardstick of the same run.')
    .argument('[name...]', 'these benchmarks')
    .option('--only <names>', 'these benchmarks, separated by commas')
    .option('--list', 'print the names and what they measure')
    .option('--quick', 'small sizes, few rounds: to see that it works')
    .option('--json <file>', 'write the report there too (always: dist/bench/<time>.json)')
    .option('--write', 'let `limits` write deploy/measured/memory.json')
    .option('--levels <sessions×MiB>', 'what `recording` records at once: 1x1024,10x128,100x10', parseLevels)
    .option('--minutes <n>', 'how long `ticks` watches a chain: 3', parseUpTo(24 * 60))
    .option('--validators <n>', 'of how many validators the chain of `ticks` is: 1', parseUpTo(17))
    .addHelpText(
      'after',
      '\nProgress goes to standard error, the report to standard output.\n' +
        'Exit codes: 0 measured (whatever the figures are) · 1 something could not be measured · 2 wrong use · 130 interrupted\n\n' +
        'Examples:\n  npm run bench\n  npm run bench -- --only codec,record --json /tmp/bench.json\n  npm run bench -- limits --write',
    )
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  try {
    program.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new WrongUse(error.message.replace(/^error: /, ''));
  }
  const { only, list, quick, json, write, levels, minutes, validators } = program.opts<{
    only?: string;
    list?: true;
    quick?: true;
    json?: string;
    write?: true;
    levels?: readonly Level[];
    minutes?: number;
    validators?: number;
  }>();
  if (quick && write) throw new WrongUse('--quick proves nothing: there is nothing to --write');
  const names = [...program.args, ...(only ?? '').split(',').map((name) => name.trim())];
  return {
    only: names.filter((name) => name !== ''),
    list: list ?? false,
    quick: quick ?? false,
    json,
    write: write ?? false,
    levels,
    minutes,
    validators,
  };
}

const parseUpTo = (most: number) => (text: string) => {
  const number = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= most)) throw new InvalidArgumentError(`expected a whole number from 1 to ${most}`);
  return number;
};

function parseLevels(text: string): readonly Level[] {
  const levels = levelsIn(text);
  if (!levels) throw new InvalidArgumentError('expected sessions x MiB, for example 1x1024,10x128');
  return levels;
}

/** The named ones in their own order. @throws WrongUse for a name that none has */
export function selected(all: readonly Benchmark[], only: readonly string[]): Benchmark[] {
  const unknown = only.filter((name) => !all.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0)
    throw new WrongUse(
      `no such benchmark: ${unknown.join(', ')} (there are ${all.map(({ name }) => name).join(', ')})`,
    );
  return all.filter(({ name }) => only.length === 0 || only.includes(name));
}
