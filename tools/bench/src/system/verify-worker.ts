/** A thread that verifies the transactions it was born with, as often as it is told. */
import { parentPort, workerData } from 'node:worker_threads';
import { type Transaction, verifyTransaction } from '@lucid/ledger';

const transactions = workerData as Transaction[];

parentPort?.on('message', (times: number) => {
  let valid = 0;
  for (let time = 0; time < times; time++)
    for (const transaction of transactions) if (verifyTransaction(transaction).valid) valid++;
  if (valid !== times * transactions.length) throw new Error('a transaction is refused');
  parentPort?.postMessage(valid);
});
