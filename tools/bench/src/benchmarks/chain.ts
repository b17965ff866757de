import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, Benchmark } from '../benchmark.ts';
import { type Figure, figure } from '../measure/figure.ts';
import { percentile } from '../measure/statistics.ts';
import { secondsSince, timed } from '../measure/timed.ts';
import { bareSignatures } from '../system/bare-signatures.ts';
import { type ChainCaller, handIn } from '../system/chain-client.ts';
import { type ChainNetwork, startChain } from '../system/chain-network.ts';
import { Confirmations } from '../system/confirmations.ts';
import { cpuSecondsOf } from '../system/cpu.ts';
import { signedTransactions } from '../system/transactions.ts';

const BATCHES_AT_ONCE = 8;
/** A load that leaves the engine time: what one of many sessions waits. */
const CALM_BATCH = 50;
const CALM_EVERY_MS = 200;
const CEILING_COUNT = 2000;

interface Case {
  blockTimeSeconds: number;
  rounds: number;
  /** Handed in as fast as they are taken. */
  transactions: number;
  calmSeconds: number;
}

interface Measured {
  perSecond: number[];
  acceptedPerSecond: number[];
  cpuMicros: number[];
  calmP50: number[];
  calmP99: number[];
  ceiling: number[];
}

const casesOf = (quick: boolean): Case[] =>
  quick
    ? [{ blockTimeSeconds: 1, rounds: 1, transactions: 2000, calmSeconds: 3 }]
    : [
        { blockTimeSeconds: 1, rounds: 5, transactions: 20_000, calmSeconds: 10 },
        { blockTimeSeconds: 10, rounds: 2, transactions: 40_000, calmSeconds: 30 },
      ];

/** @param aim confirmed transactions per second at a block time of 1 s */
function chainOf(name: string, validators: number, aim: number): Benchmark {
  return {
    name,
    summary: `signed transactions from handed in to confirmed, ${validators} validator${validators > 1 ? 's' : ''}, block time 1 s and 10 s, beside bare Ed25519`,
    async run(bench) {
      const figures: Figure[] = [];
      for (const wanted of casesOf(bench.quick)) {
        const network = await startChain(bench, { ...wanted, validators });
        try {
          const measured = await measure(bench, network, wanted);
          figures.push(...figuresOf(measured, wanted, aim));
        } finally {
          await network.end();
        }
      }
      bench.note(
        `blocks of up to 20,000 transactions and 16 MiB; at a block time of 10 s that is a ceiling of 2,000 tx/s. ` +
          `${validators} engine${validators > 1 ? 's' : ''}, each with a store of its own, and the client share this machine. ` +
          `Latency: from sending a batch to seeing the block, ${(CALM_BATCH * 1000) / CALM_EVERY_MS} tx/s`,
      );
      return figures;
    },
  };
}

export const chain = chainOf('chain', 1, 3000);
export const chainOfFour = chainOf('chain-of-four', 4, 1000);

async function measure(bench: Bench, network: ChainNetwork, wanted: Case): Promise<Measured> {
  const [engine] = network.engines;
  if (!engine) throw new Error('there is no engine');
  const caller: ChainCaller = { url: engine.url, headers: () => network.headers() };
  const measured: Measured = {
    perSecond: [],
    acceptedPerSecond: [],
    cpuMicros: [],
    calmP50: [],
    calmP99: [],
    ceiling: [],
  };
  const bare = bareSignatures(CEILING_COUNT);
  for (let round = 0; round <= wanted.rounds; round++) {
    bench.say(`block time ${wanted.blockTimeSeconds} s, round ${round} of ${wanted.rounds}`);
    const warmsUp = round === 0;
    const full = await fullSpeed(network, caller, warmsUp ? { ...wanted, transactions: 2000 } : wanted);
    if (warmsUp) continue;
    measured.perSecond.push(full.perSecond);
    measured.acceptedPerSecond.push(full.acceptedPerSecond);
    if (full.cpuMicros !== undefined) measured.cpuMicros.push(full.cpuMicros);
    measured.ceiling.push(CEILING_COUNT / timed(bare).wallSeconds);
    const latencies = await calm(caller, wanted);
    measured.calmP50.push(percentile(latencies, 0.5));
    measured.calmP99.push(percentile(latencies, 0.99));
  }
  return measured;
}

async function fullSpeed(
  network: ChainNetwork,
  caller: ChainCaller,
  { transactions: count, blockTimeSeconds }: Case,
) {
  const transactions = signedTransactions(count);
  const confirmations = await Confirmations.from(caller);
  const cpu = () =>
    network.engines.map(({ pid }) => cpuSecondsOf(pid) ?? Number.NaN).reduce((a, b) => a + b, 0);
  const before = cpu();
  const startedMs = performance.now();
  const [acceptedPerSecond] = await Promise.all([
    handIn(caller, transactions, BATCHES_AT_ONCE).then(() => count / secondsSince(startedMs)),
    confirmations.reach(count, 120_000 + 20_000 * blockTimeSeconds),
  ]);
  const cpuMicros = ((cpu() - before) * 1e6) / count;
  return {
    perSecond: (1000 * count) / (confirmations.lastMs - startedMs),
    acceptedPerSecond,
    cpuMicros: Number.isFinite(cpuMicros) ? cpuMicros : undefined,
  };
}

/** Few at a time, evenly. @returns milliseconds until each was seen in a block */
async function calm(caller: ChainCaller, { calmSeconds, blockTimeSeconds }: Case): Promise<number[]> {
  const batches = Math.ceil((calmSeconds * 1000) / CALM_EVERY_MS);
  const transactions = signedTransactions(batches * CALM_BATCH);
  const confirmations = await Confirmations.from(caller);
  const sentMs = new Map<string, number>();
  const send = async () => {
    const startedMs = performance.now();
    for (let batch = 0; batch < batches; batch++) {
      await delay(Math.max(0, startedMs + batch * CALM_EVERY_MS - performance.now()));
      const part = transactions.slice(batch * CALM_BATCH, (batch + 1) * CALM_BATCH);
      for (const [txId, atMs] of await handIn(caller, part, 1)) sentMs.set(txId, atMs);
    }
  };
  await Promise.all([
    send(),
    confirmations.reach(transactions.length, (calmSeconds + 10 * blockTimeSeconds) * 1000 + 30_000),
  ]);
  return await confirmations.latencies(sentMs);
}

function figuresOf(measured: Measured, { blockTimeSeconds }: Case, aim: number): Figure[] {
  const at = `block time ${blockTimeSeconds} s`;
  return [
    figure({
      name: `${at}: accepted and confirmed`,
      unit: 'tx/s',
      values: measured.perSecond,
      ...(blockTimeSeconds === 1 ? { target: { word: 'aim' as const, atLeast: aim } } : {}),
    }),
    figure({ name: `${at}: accepted`, unit: 'tx/s', values: measured.acceptedPerSecond }),
    figure({
      name: `${at}: bare Ed25519 verify, one thread`,
      unit: 'sig/s',
      kind: 'yardstick',
      values: measured.ceiling,
    }),
    ...(measured.cpuMicros.length > 0
      ? [
          figure({
            name: `${at}: CPU of the engines per transaction`,
            unit: 'µs',
            values: measured.cpuMicros,
          }),
        ]
      : []),
    figure({ name: `${at}: latency p50, calm`, unit: 'ms', values: measured.calmP50 }),
    figure({ name: `${at}: latency p99, calm`, unit: 'ms', values: measured.calmP99 }),
  ];
}
