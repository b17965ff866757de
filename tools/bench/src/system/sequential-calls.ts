import { devNull } from 'node:os';
import type { Belongings } from '../belongings.ts';
import { secondsSince } from '../measure/timed.ts';
import { runTimed } from './run-timed.ts';
import type { SeedCall } from './seed-calls.ts';

export interface Answers {
  /** One per request. */
  readonly seconds: number[];
  readonly statuses: ReadonlySet<number>;
}

/** The script’s loop: a new curl, and so a new connection, for every request; the status is asked for too. */
export async function callByCurl(
  belongings: Belongings,
  base: string,
  call: SeedCall,
  times: number,
): Promise<Answers> {
  const { method, path, body } = call;
  const sent = body === undefined ? '' : ' -H "Content-Type: application/json" -d "$3"';
  const line = `for i in $(seq "$2"); do curl -s -w "%{time_total} %{http_code}\\n" -o ${devNull} -X ${method}${sent} "$1"; done`;
  const { stdout } = await runTimed(belongings, line, { args: [base + path, String(times), body ?? ''] });
  const answers = stdout.split('\n').map((text) => text.split(' ').map(Number));
  return {
    seconds: answers.map(([seconds]) => seconds ?? Number.NaN),
    statuses: new Set(answers.map(([, status]) => status ?? 0)),
  };
}

/** The same without curl. */
export async function callByFetch(base: string, call: SeedCall, times: number): Promise<Answers> {
  const { method, path, body } = call;
  const seconds: number[] = [];
  const statuses = new Set<number>();
  for (let time = 0; time < times; time++) {
    const startedMs = performance.now();
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(base + path, body === undefined ? { method } : { method, headers, body });
    await answer.arrayBuffer();
    seconds.push(secondsSince(startedMs));
    statuses.add(answer.status);
  }
  return { seconds, statuses };
}
