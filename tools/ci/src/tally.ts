/** Counting what passed, failed and was skipped. Pure; every command of tools/ci ends with `closingLines`. */
export interface Tally {
  readonly passed: number;
  /** One line each. */
  readonly failed: readonly string[];
  /** One line each, with the reason. */
  readonly skipped: readonly string[];
}

export const nothing: Tally = { passed: 0, failed: [], skipped: [] };

export function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (total, it) => ({
      passed: total.passed + it.passed,
      failed: [...total.failed, ...it.failed],
      skipped: [...total.skipped, ...it.skipped],
    }),
    nothing,
  );
}

/** What failed, what was skipped and why, then the last line: `N passed, N failed`. */
export function closingLines({ passed, failed, skipped }: Tally): string[] {
  return [
    ...failed.map((line) => `failed: ${line}`),
    ...skipped.map((line) => `skipped: ${line}`),
    `${passed} passed, ${failed.length} failed`,
  ];
}

/** Reads closing lines back from a command's output. @returns undefined when it did not come to its end */
export function readClosingLines(output: string): Tally | undefined {
  const lines = output.trimEnd().split('\n');
  const [, passed] = /^(\d+) passed, \d+ failed$/.exec(lines.pop() ?? '') ?? [];
  if (passed === undefined) return undefined;
  const skipped = takeLast(lines, 'skipped: ');
  return { passed: Number(passed), failed: takeLast(lines, 'failed: '), skipped };
}

/** Removes the lines with the prefix from the end, and gives what follows it. */
function takeLast(lines: string[], prefix: string): string[] {
  const at = lines.findLastIndex((line) => !line.startsWith(prefix));
  return lines.splice(at + 1).map((line) => line.slice(prefix.length));
}
