import { basename } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { openAccount } from '../account.ts';
import { recordSession } from '../record-session.ts';
import { fileSize, type RecordWish } from '../session-work.ts';
import { outputOf, withOutputOptions } from './command.ts';

interface RecordOptions {
  name?: string;
  description?: string;
  chunkSize?: number;
  compress: boolean;
  wait: boolean;
  resume?: string;
  patience: number;
  json?: boolean;
  quiet?: boolean;
}

const MIB = 1024 * 1024;

export function addRecord(program: Command): void {
  withOutputOptions(program.command('record'))
    .description('stream a file, or standard input with -, as a recorded session')
    .argument('<file>', 'the file, or -')
    .option('--name <name>', 'name of the session (default: the file’s name)')
    .option('--description <text>', 'what it is about')
    .option('--chunk-size <MiB>', 'plaintext per chunk, 1 to 10', wholeNumber(1, 10))
    .option('--no-compress', 'store the chunks without compression')
    .option('--no-wait', 'end when everything is recorded, without waiting for the anchor')
    .option('--resume <session-id>', 'go on with an upload that was broken off')
    .option(
      '--patience <seconds>',
      'how long to go on trying without any progress',
      wholeNumber(1, 86_400),
      120,
    )
    .addHelpText(
      'after',
      '\nExamples:\n  lucid record desktop.mkv\n  ffmpeg … -f matroska - | lucid record - --name "Monday"\n  lucid record desktop.mkv --resume 6f9619ff-8b86-4011-b42d-00cf4fc964ff',
    )
    .action(record);
}

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < min || number > max)
      throw new InvalidArgumentError(`must be a whole number from ${min} to ${max}.`);
    return number;
  };
}

async function record(source: string, options: RecordOptions): Promise<void> {
  const output = outputOf(options);
  if (source !== '-') await fileSize(source);
  await using account = await openAccount();
  const wish: RecordWish = {
    source,
    name: options.name ?? (source === '-' ? 'standard input' : basename(source)),
    compress: options.compress,
    patienceMs: options.patience * 1000,
    ...(options.description === undefined ? {} : { description: options.description }),
    ...(options.chunkSize === undefined ? {} : { chunkSizeBytes: options.chunkSize * MIB }),
    ...(options.resume === undefined ? {} : { resume: options.resume }),
  };
  const { session, text } = await recordSession(account.clients, wish, output, options.wait);
  output.result(session, text);
}
