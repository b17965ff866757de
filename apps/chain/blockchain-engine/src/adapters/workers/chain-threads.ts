import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { digestOf, type Transaction, type TransactionDigest, verifyHash } from '@lucid/ledger';
import type { Logger } from '@lucid/logging';
import type { ChainAnswer, ChainJob, TreeAnswer } from './chain-job.ts';
import { treeOver } from './do-chain-job.ts';
import { isWellFormed, packSignatures, type SignatureToCheck } from './pack-signatures.ts';
import { WorkerPool } from './worker-pool.ts';

export interface ChainThreadsOptions {
  /** Most threads for signatures: submissions, blocks, certificates. */
  consensusWorkers: number;
  /** Most threads for texts, hashes and Merkle trees of large blocks and sessions. */
  blockThreads: number;
  logger: Pick<Logger, 'error'>;
  /** @default those of the machine */
  processors?: number;
}

/**
 * From how much work on a thread is worth the way there. Measured (2 cores, Node 24): the way costs 0.06 ms; a signature
 * 0.064 ms on the spot and 0.001 ms of the main thread otherwise, so that four are done sooner by two threads. A digest
 * is 0.0016 ms on the spot and half of that as a copy of the transaction: it pays where several threads share a large
 * block. A tree costs 0.0006 ms per leaf and travels without a copy.
 */
const LEAST_SIGNATURES = 4;
const LEAST_DIGESTS = 2000;
const LEAST_LEAVES = 1024;

/** Signatures verified on the spot before other requests get a turn: about 2 ms of work. */
const SIGNATURES_PER_TURN = 32;
const LEAST_PER_SLICE = { signatures: 8, digests: 500 } as const;

type Pool = WorkerPool<ChainJob, ChainAnswer>;

/** Heavy work of the chain, on threads where that is faster. On a machine with one processor all is done on the spot. */
export class ChainThreads {
  readonly #consensus: Pool | undefined;
  readonly #blocks: Pool | undefined;

  constructor({ consensusWorkers, blockThreads, logger, processors }: ChainThreadsOptions) {
    const most = processors ?? availableParallelism();
    const poolOf = (wanted: number, purpose: string): Pool | undefined =>
      most < 2
        ? undefined
        : new WorkerPool<ChainJob, ChainAnswer>({
            size: Math.min(wanted, most),
            start: () => new Worker(new URL('./chain-worker.ts', import.meta.url)),
            onCrash: (error) => logger.error({ err: error, purpose }, 'a thread has died and is replaced'),
          });
    this.#consensus = poolOf(consensusWorkers, 'signatures');
    this.#blocks = poolOf(blockThreads, 'blocks');
  }

  /** Whether each holds, in order. */
  async signatures(list: readonly SignatureToCheck[]): Promise<boolean[]> {
    const pool = this.#consensus;
    if (!pool || list.length < LEAST_SIGNATURES) return onTheSpot(list);
    const soundness = list.map(isWellFormed);
    const sound = list.filter((_, index) => soundness[index]);
    const answers = await Promise.all(
      slicesOf(sound, pool.size, LEAST_PER_SLICE.signatures).map((slice) =>
        pool.run({ kind: 'signatures', packed: packSignatures(slice) }),
      ),
    );
    const holds = (answers as Uint8Array[]).flatMap((bytes) => [...bytes]);
    let next = 0;
    return soundness.map((isSound) => isSound && holds[next++] === 1);
  }

  /** @throws Error for a transaction without a canonical form */
  async digests(transactions: readonly Transaction[]): Promise<TransactionDigest[]> {
    const pool = this.#blocks;
    if (!pool || transactions.length < LEAST_DIGESTS) return transactions.map(digestOf);
    const answers = await Promise.all(
      slicesOf(transactions, pool.size, LEAST_PER_SLICE.digests).map((slice) =>
        pool.run({ kind: 'digests', transactions: slice }),
      ),
    );
    return (answers as TransactionDigest[][]).flat();
  }

  /** The Merkle tree over hashes of 32 bytes each, or over leaves hashed earlier. @throws Error for what has no tree */
  async tree(hashes: Uint8Array, are: 'items' | 'leaves' = 'items'): Promise<TreeAnswer> {
    if (!this.#blocks || hashes.length < LEAST_LEAVES * 32) return treeOver(hashes, are);
    return (await this.#blocks.run({ kind: 'tree', hashes: shared(hashes), are })) as TreeAnswer;
  }

  async close(): Promise<void> {
    await Promise.all([this.#consensus?.close(), this.#blocks?.close()]);
  }
}

async function onTheSpot(list: readonly SignatureToCheck[]): Promise<boolean[]> {
  const holds: boolean[] = [];
  for (const { hash, signature, publicKey } of list) {
    if (holds.length % SIGNATURES_PER_TURN === SIGNATURES_PER_TURN - 1) await nextTurn();
    holds.push(verifyHash(hash, signature, publicKey));
  }
  return holds;
}

/** The same bytes where threads can see them; no copy when they are there already. */
function shared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes as Uint8Array<SharedArrayBuffer>;
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

/** As many equal parts as there are hands, none of them too small to be worth one. */
function slicesOf<Item>(list: readonly Item[], hands: number, least: number): Item[][] {
  const count = Math.max(1, Math.min(hands, Math.floor(list.length / least)));
  const size = Math.ceil(list.length / count);
  return Array.from({ length: count }, (_, index) => list.slice(index * size, (index + 1) * size)).filter(
    (slice) => slice.length > 0,
  );
}
