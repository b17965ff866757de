import type { Command } from 'commander';
import { createOutput, type Output } from '../output.ts';

/** Options that every command has. */
export function withOutputOptions(command: Command): Command {
  return command
    .option('--json', 'print the result as one JSON document')
    .option('-q, --quiet', 'no story, no progress');
}

export const outputOf = (options: { json?: boolean; quiet?: boolean }): Output =>
  createOutput({ json: options.json ?? false, quiet: options.quiet ?? false });
