import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CliError, EXIT_CODE } from './cli-error.ts';

/** A line from the terminal. @throws CliError 2 where there is no terminal to ask at */
export async function ask(question: string, { hidden = false } = {}): Promise<string> {
  if (!process.stdin.isTTY)
    throw new CliError(
      `${question.toLowerCase()} is needed and there is no terminal to ask at`,
      EXIT_CODE.usage,
    );
  process.stderr.write(`${question}: `);
  const echo = new Writable({
    write: (chunk, _encoding, done) => {
      if (!hidden) process.stderr.write(chunk);
      done();
    },
  });
  const terminal = createInterface({ input: process.stdin, output: echo, terminal: true });
  try {
    return (await terminal.question('')).trim();
  } finally {
    terminal.close();
    if (hidden) process.stderr.write('\n');
  }
}

/** The first line of standard input, for `--password-stdin`. */
export async function readLineFromPipe(): Promise<string> {
  let text = '';
  for await (const part of process.stdin) text += String(part);
  const [line = ''] = text.split('\n');
  return line;
}
