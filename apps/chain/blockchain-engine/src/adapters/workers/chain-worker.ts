/** A thread of the chain: signatures, digests and Merkle trees, one job at a time. */
import { parentPort } from 'node:worker_threads';
import type { ChainAnswer, ChainJob } from './chain-job.ts';
import { doChainJob } from './do-chain-job.ts';
import type { AnswerMessage, JobMessage } from './worker-pool.ts';

parentPort?.on('message', ({ id, job }: JobMessage<ChainJob>) => {
  let message: AnswerMessage<ChainAnswer>;
  try {
    message = { id, answer: doChainJob(job) };
  } catch (error) {
    message = { id, error: error instanceof Error ? error.message : String(error) };
  }
  const levels = 'answer' in message && 'levels' in message.answer ? message.answer.levels : [];
  parentPort?.postMessage(
    message,
    levels.map(({ buffer }) => buffer as ArrayBuffer),
  );
});
