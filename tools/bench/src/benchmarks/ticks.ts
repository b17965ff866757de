import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, Benchmark } from '../benchmark.ts';
import { type Figure, figure } from '../measure/figure.ts';
import { percentile } from '../measure/statistics.ts';
import { countTicks, type TickCount } from '../measure/ticks.ts';
import { calmLoad } from '../system/calm-load.ts';
import { type ChainCaller, type Head, headsOf, heightOf } from '../system/chain-client.ts';
import { type ChainNetwork, startChain } from '../system/chain-network.ts';
import { countedAt } from '../system/metrics.ts';

/** The engine's default. */
const BLOCK_TIME_SECONDS = 10;
const MINUTES = 3;
/** Three ticks. */
const QUICK_MINUTES = 0.5;
/** Transactions per second: more than a hundred in each block. */
const CALM_BATCH = 15;
const LOOK_EVERY_MS = 100;
/** Ticks that a chain may be still before it is given up. */
const PATIENCE_TICKS = 30;
const METRIC = 'ticks_skipped_total';

/** A moment between two blocks. */
interface Reading {
  readonly height: number;
  /** Of each engine. */
  readonly skipped: readonly number[];
}

/** What is promised: a block every 10 s for 1 h with less than 1 % of the ticks skipped (`--minutes 60`). */
export const ticks: Benchmark = {
  name: 'ticks',
  summary: 'share of the ticks that bring no block, at the default block time and limits, under a calm load',
  async run(bench) {
    const { minutes = bench.quick ? QUICK_MINUTES : MINUTES, validators = 1 } = bench;
    const network = await startChain(bench, {
      validators,
      blockTimeSeconds: BLOCK_TIME_SECONDS,
      largeBlocks: false,
    });
    try {
      return await watch(bench, network, minutes);
    } finally {
      await network.end();
    }
  },
};

async function watch(bench: Bench, network: ChainNetwork, minutes: number): Promise<Figure[]> {
  const callers = network.engines.map(({ url }): ChainCaller => ({ url, headers: () => network.headers() }));
  const [caller] = callers;
  if (!caller) throw new Error('there is no engine');
  const from = await readingAfter(callers, 0);
  const endMs = performance.now() + minutes * 60_000;
  const load = calmLoad(caller, CALM_BATCH);
  let to = from;
  try {
    while (performance.now() < endMs) {
      to = await readingAfter(callers, to.height);
      if ((to.height - from.height) % 6 === 0)
        bench.say(`${to.height - from.height} blocks, skipped ${to.skipped.join(', ')}`);
    }
  } finally {
    await load.end();
  }
  const heads = await headsOf(caller, from.height, to.height);
  const count = countTicks(heads, BLOCK_TIME_SECONDS * 1000);
  const counted = to.skipped.map((value, engine) => value - (from.skipped[engine] ?? Number.NaN));
  if (counted.some((value) => value !== count.skipped))
    throw new Error(`${METRIC} says ${counted.join(', ')}, heights and times say ${count.skipped}`);
  const { taken, refusals } = load;
  bench.note(
    `${network.engines.length} validator${network.engines.length > 1 ? 's' : ''}, ${minutes} minutes, block time ${BLOCK_TIME_SECONDS} s, ` +
      `${CALM_BATCH} tx/s (${taken} taken); what ${METRIC} of every engine says and what heights and times say agree`,
  );
  for (const refusal of refusals) bench.note(`a batch was not taken: ${refusal}`);
  return figuresOf(count, heads);
}

/**
 * Waits for a block above this height on every engine, then reads what each has counted up to it. A reading during which
 * another block came belongs to no height, and is taken anew.
 */
async function readingAfter(callers: readonly ChainCaller[], height: number): Promise<Reading> {
  const deadlineMs = performance.now() + PATIENCE_TICKS * BLOCK_TIME_SECONDS * 1000;
  for (;;) {
    const before = await Promise.all(callers.map(heightOf));
    const [at = 0] = before;
    if (at > height && before.every((other) => other === at)) {
      const skipped = await Promise.all(callers.map(({ url }) => countedAt(url, METRIC)));
      const after = await Promise.all(callers.map(heightOf));
      if (after.every((other) => other === at)) return { height: at, skipped };
    }
    if (performance.now() > deadlineMs)
      throw new Error(
        `no engine-wide block above ${height} within ${PATIENCE_TICKS} ticks: ${before.join(', ')}`,
      );
    await delay(LOOK_EVERY_MS);
  }
}

function figuresOf(count: TickCount, heads: readonly Head[]): Figure[] {
  const transactions = heads.slice(1).map(({ transaction_count }) => transaction_count);
  const one = (name: string, unit: string, value: number) => figure({ name, unit, values: [value] });
  return [
    one('ticks that went by', 'ticks', count.ticks),
    one('blocks made', 'blocks', count.blocks),
    one('ticks skipped', 'ticks', count.skipped),
    figure({
      name: 'share of ticks skipped',
      unit: '%',
      values: [(100 * count.skipped) / count.ticks],
      target: { word: 'bar', below: 1 },
    }),
    figure({ name: 'transactions in a block', unit: 'tx', values: transactions }),
    figure({ name: 'from a block to the next', unit: 's', values: count.gapsMs.map((ms) => ms / 1000) }),
    one('block after the start of its tick, p50', 'ms', percentile(count.lateMs, 0.5)),
    one('block after the start of its tick, p99', 'ms', percentile(count.lateMs, 0.99)),
  ];
}
