/** The only place that writes to the terminal. */
import { styleText } from 'node:util';
import { DeployError, deployErrors } from '../errors.ts';

export interface Terminal {
  readonly json: boolean;
  readonly interactive: boolean;
  line(text: string): void;
  /** One machine-readable document per line. */
  document(value: unknown): void;
  fail(error: unknown): void;
}

/** A live list in fewer columns would break every line. */
const NARROWEST = 40;

type Style = Parameters<typeof styleText>[0];

/** Colour where the terminal shows it (NO_COLOR and FORCE_COLOR are obeyed). */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout, validateStream: true });
}

export function openTerminal(json: boolean): Terminal {
  return {
    json,
    interactive: process.stdout.isTTY === true && process.stdout.columns >= NARROWEST && !json,
    line: (text) => {
      if (!json) process.stdout.write(`${text}\n`);
    },
    document: (value) => {
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
    },
    fail: (error) => {
      const known = error instanceof DeployError ? error : deployErrors.unexpected(describe(error));
      process.exitCode = known.exitCode;
      const { code, message, exitCode } = known;
      if (json)
        process.stdout.write(`${JSON.stringify({ error: { code, message, exit_code: exitCode } })}\n`);
      else process.stderr.write(`error: ${message.replaceAll(/\s*\n\s*/g, ' ')}\n`);
    },
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
