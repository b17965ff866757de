import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import {
  generateSigningKey,
  genesisBlock,
  nextBlock,
  type Transaction,
  verifyBlock,
  verifyTransaction,
} from '@lucid/ledger';
import type { Bench, Benchmark } from '../benchmark.ts';
import { figure } from '../measure/figure.ts';
import { inRounds, perCpuSecond, perSecond } from '../measure/rounds.ts';
import { ratiosOf } from '../measure/statistics.ts';
import { bareSignatures } from '../system/bare-signatures.ts';
import { signedTransactions } from '../system/transactions.ts';

const COUNT = 1000;

export const ledger: Benchmark = {
  name: 'ledger',
  summary:
    'transactions verified per second, a block of 1,000 transactions made and judged, beside bare Ed25519',
  async run(bench) {
    const transactions = signedTransactions(COUNT);
    const { block, genesis, validator } = chainOf(transactions);
    const bare = bareSignatures(COUNT);
    const judge = () =>
      verifyBlock(block, genesis, { nowMs: Date.now(), publicKeyOf: () => validator.publicKey });
    const verdict = judge();
    if (!verdict.valid) throw new Error(`the block is refused: ${JSON.stringify(verdict.errors)}`);
    const measured = await inRounds(bench.quick ? 3 : 9, {
      verify: () => {
        if (!transactions.every((tx) => verifyTransaction(tx).valid))
          throw new Error('a transaction is refused');
      },
      make: () =>
        nextBlock({
          parent: genesis,
          transactions,
          timestampMs: Date.now(),
          validator: 'bench',
          key: validator,
        }),
      judge,
      bare,
    });
    const cores = await onAllCores(bench, transactions);
    const seconds = (of: typeof measured.make) => of.map(({ wallSeconds }) => wallSeconds * 1000);
    return [
      figure({
        name: 'transactions verified, one thread',
        unit: 'tx/s',
        values: perSecond(COUNT, measured.verify),
      }),
      figure({
        name: 'the same per second of CPU time',
        unit: 'tx/s',
        values: perCpuSecond(COUNT, measured.verify),
      }),
      figure({ name: `transactions verified, ${cores.threads} threads`, unit: 'tx/s', values: cores.values }),
      figure({
        name: 'bare Ed25519 verify, one thread',
        unit: 'sig/s',
        kind: 'yardstick',
        values: perSecond(COUNT, measured.bare),
      }),
      figure({
        name: 'CPU of verifying / CPU of bare Ed25519',
        unit: '×',
        kind: 'ratio',
        values: ratiosOf(
          measured.verify.map((it) => it.cpuSeconds),
          measured.bare.map((it) => it.cpuSeconds),
        ),
      }),
      figure({ name: 'block of 1,000 transactions made', unit: 'ms', values: seconds(measured.make) }),
      figure({ name: 'the block judged, all signatures anew', unit: 'ms', values: seconds(measured.judge) }),
    ];
  },
};

function chainOf(transactions: readonly Transaction[]) {
  const validator = generateSigningKey(randomBytes);
  const genesis = genesisBlock({
    version: '1.0.0',
    created_at: '2026-01-01T00:00:00.000Z',
    validators: [{ validator: 'bench', public_key: validator.publicKey }],
  });
  const block = nextBlock({
    parent: genesis,
    transactions,
    timestampMs: Date.now(),
    validator: 'bench',
    key: validator,
  });
  return { validator, genesis, block };
}

/** A thread per core, all at it at once: what the machine could do; the engine itself verifies on one. */
async function onAllCores({ quick, belongings, note }: Bench, transactions: readonly Transaction[]) {
  const threads = availableParallelism();
  note('the blockchain engine verifies on one thread; several threads show what the machine would have');
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL('../system/verify-worker.ts', import.meta.url), { workerData: transactions }),
  );
  const end = belongings.add(async () => {
    await Promise.all(workers.map((worker) => worker.terminate()));
  });
  const { promise: failed, reject } = Promise.withResolvers<never>();
  for (const worker of workers) worker.once('error', reject);
  const times = quick ? 2 : 10;
  const round = () =>
    Promise.all(
      workers.map((worker) => {
        worker.postMessage(times);
        return new Promise((resolve) => worker.once('message', resolve));
      }),
    );
  const { all } = await Promise.race([inRounds(quick ? 2 : 5, { all: round }), failed]);
  await end();
  return { threads, values: perSecond(threads * times * transactions.length, all) };
}
