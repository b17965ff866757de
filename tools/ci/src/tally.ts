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

/** What failed and what was skipped, then the last line: `N passed, N failed`. */
export function closingLines({ passed, failed, skipped }: Tally): string[] {
  return [
    ...failed.map((line) => `failed: ${line}`),
    ...skipped.map((line) => `skipped: ${line}`),
    ...(skipped.length > 0 ? [`${skipped.length} skipped`] : []),
    `${passed} passed, ${failed.length} failed`,
  ];
}

/** Reads closing lines back from a command's output. @returns undefined when it did not come to its end */
export function readClosingLines(output: string): Tally | undefined {
  const lines = output.trimEnd().split('\n');
  const [, passed, failures] = /^(\d+) passed, (\d+) failed$/.exec(lines.at(-1) ?? '') ?? [];
  if (passed === undefined || failures === undefined) return undefined;
  const having = (prefix: string): string[] =>
    lines.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length));
  const failed = having('failed: ').slice(-Number(failures));
  const [, skips = '0'] = /^(\d+) skipped$/.exec(lines.at(-2) ?? '') ?? [];
  return {
    passed: Number(passed),
    failed: Number(failures) === 0 ? [] : failed,
    skipped: Number(skips) === 0 ? [] : having('skipped: ').slice(-Number(skips)),
  };
}
