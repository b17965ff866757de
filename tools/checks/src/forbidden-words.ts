/** What may not stand in the tree, and why. Add a row to forbid more. */
export interface ForbiddenWord {
  readonly pattern: RegExp;
  /** Which files the rule is about. */
  readonly files: RegExp;
  readonly reason: string;
}

const code = /\.(ts|mts|mjs|js)$/;
const tests = /\/test\/.*\.ts$/;

export const forbiddenWords: readonly ForbiddenWord[] = [
  {
    pattern: /\b(TODO|FIXME|XXX|HACK)\b(?!\(#\d+\))/,
    files: code,
    reason: 'a loose end without an issue: write TODO(#123) or finish it',
  },
  {
    pattern: /@ts-(ignore|nocheck)\b/,
    files: code,
    reason: 'silences the compiler: fix the type, or use @ts-expect-error with a reason',
  },
  {
    pattern: /@ts-expect-error\s*(\*\/)?\s*$/,
    files: code,
    reason: '@ts-expect-error without a reason',
  },
  { pattern: /\bas any\b(?=\s*[;,)\].?!|&}]|\s*$)/, files: code, reason: '`as any`: give it its type' },
  {
    pattern: /\b(test|it|describe|bench)(\.[a-z]+)*\.only\b/,
    files: tests,
    reason: 'a focused test hides all others',
  },
  {
    pattern: /\b(test|it|describe)\.skip\(\s*['"`].*,/,
    files: tests,
    reason: 'a test that never runs: use skipIf with the condition, or delete it',
  },
  { pattern: /^\s*debugger\b/, files: code, reason: 'a breakpoint left behind' },
  {
    pattern: /^(<{7}|>{7}) |^={7}$/,
    files: /\.(ts|mjs|js|json|md|yml|yaml)$/,
    reason: 'an unresolved merge',
  },
];
