/** Durations and sizes as the Compose format writes them. */
import { formatErrors } from './errors.ts';

export const inSeconds = (seconds: number): string => `${seconds}s`;
/** Docker counts `M` in 1024². */
export const inMebibytes = (mebibytes: number): string => `${mebibytes}M`;

export function secondsOf(text: string): number {
  return amount(text, /^(\d+(?:\.\d+)?)s$/);
}

export function mebibytesOf(text: string): number {
  return amount(text, /^(\d+)M$/);
}

export function cpusOf(text: string): number {
  return amount(text, /^(\d+(?:\.\d+)?)$/);
}

function amount(text: string, form: RegExp): number {
  const [, digits] = form.exec(text) ?? [];
  if (digits === undefined) throw formatErrors.notUnderstood(text, `expected ${form.source}`);
  return Number(digits);
}
