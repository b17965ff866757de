import type { Transaction } from '@lucid/ledger';
import { eventually } from '@lucid/testing';
import type { Benchmark } from '../benchmark.ts';
import { figure } from '../measure/figure.ts';
import { secondsSince } from '../measure/timed.ts';
import { metricsAt, total } from '../system/metrics.ts';
import { headersOfCall } from '../system/service-caller.ts';
import { signedTransactions } from '../system/transactions.ts';

const COUNT = 1000;
const BATCH = 100;
const BATCHES_AT_ONCE = 4;
/** The tick must leave time to hand everything in. */
const BLOCK_TIME_SECONDS = 10;

interface Made {
  height: number;
  blocks: number;
  seconds: number;
}

export const blocks: Benchmark = {
  name: 'blocks',
  summary:
    'a block of 1,000 transactions by the real engine: handing them in over HTTP, and the time it says the block took',
  async run(bench) {
    const rounds = bench.quick ? 1 : 5;
    const system = await bench.system([`blockchain-engine:BLOCK_TIME_SECONDS=${BLOCK_TIME_SECONDS}`]);
    const { url } = await system.instance('blockchain-engine');
    const made = async (): Promise<Made> => {
      const series = await metricsAt(url);
      const of = (name: string) => total(series, name);
      return {
        height: of('blockchain_block_height'),
        blocks: of('blockchain_block_production_seconds_count'),
        seconds: of('blockchain_block_production_seconds_sum'),
      };
    };
    const nextBlock = async (from: Made): Promise<Made> =>
      eventually('the next block', async () => ((await made()).blocks > from.blocks ? made() : undefined), {
        timeoutMs: 3000 * BLOCK_TIME_SECONDS,
        pauseMs: 50,
      });
    const handedIn: number[] = [];
    const empty: number[] = [];
    const full: number[] = [];
    let before = await nextBlock(await made());
    for (let round = 0; round <= rounds; round++) {
      bench.say(`round ${round} of ${rounds}`);
      const previous = before;
      const calm = await nextBlock(previous);
      const transactions = signedTransactions(COUNT);
      const headers = await headersOfCall(system, 'session-anchoring', 'blockchain-engine');
      const startedMs = performance.now();
      await submit(url, headers, transactions);
      const perSecond = COUNT / secondsSince(startedMs);
      if ((await made()).blocks !== calm.blocks) throw new Error('handing in took longer than a tick');
      const after = await nextBlock(calm);
      await assertFull(url, headers, after.height);
      before = after;
      if (round === 0) continue; // warms up
      handedIn.push(perSecond);
      empty.push(1000 * (calm.seconds - previous.seconds));
      full.push(1000 * (after.seconds - calm.seconds));
    }
    bench.note(
      `batches of ${BATCH}, ${BATCHES_AT_ONCE} at once; each transaction is verified, kept and queued with the journal synced`,
    );
    return [
      figure({ name: 'transactions verified and kept over HTTP', unit: 'tx/s', values: handedIn }),
      figure({ name: `block of ${COUNT}, start to commit and clean-up`, unit: 'ms', values: full }),
      figure({ name: 'block without transactions', unit: 'ms', kind: 'yardstick', values: empty }),
    ];
  },
};

async function submit(
  url: string,
  headers: Record<string, string>,
  transactions: readonly Transaction[],
): Promise<void> {
  const batches = Array.from({ length: Math.ceil(transactions.length / BATCH) }, (_, at) =>
    transactions.slice(at * BATCH, (at + 1) * BATCH),
  );
  const worker = async () => {
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      const answer = await fetch(`${url}/api/v1/transactions/batch`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ transactions: batch }),
      });
      const text = await answer.text();
      const { failed_count } = answer.ok
        ? (JSON.parse(text) as { failed_count: number })
        : { failed_count: -1 };
      if (failed_count !== 0)
        throw new Error(`a batch was refused (${answer.status}): ${text.slice(0, 300)}`);
    }
  };
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, worker));
}

async function assertFull(url: string, headers: Record<string, string>, height: number): Promise<void> {
  const answer = await fetch(`${url}/api/v1/blocks/height/${height}`, { headers });
  const { header } = (await answer.json()) as { header: { transaction_count: number } };
  if (header.transaction_count !== COUNT)
    throw new Error(`the block holds ${header.transaction_count} transactions`);
}
