/** Results as people read them: a table and one line that counts. */
import Table from 'cli-table3';
import type { Result, Verdict } from './check.ts';

export interface Counts {
  readonly ok: number;
  readonly failed: number;
  readonly unknown: number;
}

export function countsOf(results: readonly Result[]): Counts {
  const count = (verdict: Verdict) => results.filter((result) => result.verdict === verdict).length;
  return { ok: count('ok'), failed: count('failed'), unknown: count('unknown') };
}

/** Name a check once, at its first line. @param marked how a verdict is shown */
export function resultsTable(results: readonly Result[], marked: (verdict: Verdict) => string): string {
  const none = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' };
  const more = { 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '' };
  const table = new Table({
    head: ['CHECK', 'SUBJECT', 'VERDICT', 'DETAIL'],
    chars: { ...none, ...more, right: '', 'right-mid': '', middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  results.forEach(({ check, subject, verdict, detail }, at) => {
    table.push([results[at - 1]?.check === check ? '' : check, subject, marked(verdict), detail]);
  });
  return table.toString();
}
