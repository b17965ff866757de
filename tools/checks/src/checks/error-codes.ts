import type { Check, Finding } from '../check.ts';
import { collectErrors, type Declared, type ErrorEntry } from '../docs/collect.ts';

/** Ranges of the system's own codes; 1xxx–5xxx are the common ones of libs/errors. */
const ownRanges = [60, 61, 62, 63, 64, 70, 71, 72, 80, 82, 84, 90];
const commonFile = 'libs/errors/src/common.ts';

export const errorCodes: Check = {
  name: 'error-codes',
  rule: 'a code belongs to one error, lies in a range of the catalogue, and says when it happens',
  run: async (workspace) => {
    const catalogues = await collectErrors(workspace);
    return [...duplicates(catalogues), ...catalogues.flatMap(entryProblems)].map(({ file, key, reason }) => ({
      file,
      line: lineOf(workspace.files.includes(file) ? workspace.read(file) : '', key),
      reason: `${key}: ${reason}`,
    }));
  },
};

interface Problem extends Pick<Finding, 'file' | 'reason'> {
  readonly key: string;
}

function duplicates(catalogues: ReadonlyArray<Declared<ErrorEntry>>): Problem[] {
  const first = new Map<number, string>();
  return catalogues.flatMap(({ file, entries }) =>
    entries.flatMap(({ key, code }) => {
      const owner = first.get(code);
      if (owner !== undefined) return [{ file, key, reason: `code ${code} is taken by ${owner}` }];
      first.set(code, `${key} in ${file}`);
      return [];
    }),
  );
}

function entryProblems({ file, entries }: Declared<ErrorEntry>): Problem[] {
  return entries.flatMap((entry) => {
    const range = Math.floor(entry.code / 100);
    const inRange =
      file === commonFile
        ? range >= 10 && range < 60
        : ownRanges.includes(range) || (range >= 10 && range < 60);
    const reasons = [
      Number.isInteger(entry.code) && entry.code >= 1000 && entry.code <= 9999 && inRange
        ? []
        : [`code ${entry.code} is in no range of the catalogue`],
      entry.status >= 400 && entry.status <= 599 ? [] : [`status ${entry.status} is not an error`],
      entry.status >= 500 && entry.fault === 'user'
        ? [`status ${entry.status} cannot be the user's fault`]
        : [],
      /^[A-Z][A-Z0-9_]*$/.test(entry.key) ? [] : ['the name is not in UPPER_CASE'],
      entry.when.trim() === '' ? ['does not say when it happens'] : [],
      entry.message.trim() === '' ? ['has no message'] : [],
    ];
    return reasons.flat().map((reason) => ({ file, key: entry.key, reason }));
  });
}

function lineOf(text: string, key: string): number {
  const index = text.split('\n').findIndex((line) => line.trimStart().startsWith(`${key}:`));
  return Math.max(index, 0) + 1;
}
