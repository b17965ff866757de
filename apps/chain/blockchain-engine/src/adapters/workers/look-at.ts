import {
  type BlockRules,
  digestOf,
  type KnownOfTransaction,
  LedgerError,
  type Transaction,
  type TransactionDigest,
} from '@lucid/ledger';
import type { ChainThreads } from './chain-threads.ts';

const signatureOf = ({ signature, public_key }: Transaction, { txHash }: TransactionDigest) => ({
  hash: txHash,
  signature,
  publicKey: public_key,
});

/** Digest and signature of each, the signatures on threads. What has no canonical form is left for the judge to name. */
export async function lookAt(
  threads: Pick<ChainThreads, 'signatures'>,
  transactions: readonly Transaction[],
): Promise<Map<Transaction, KnownOfTransaction>> {
  const digested = transactions.flatMap((transaction) => {
    const digest = digestIfAny(transaction);
    return digest ? [{ transaction, digest }] : [];
  });
  const holds = await threads.signatures(
    digested.map(({ transaction, digest }) => signatureOf(transaction, digest)),
  );
  return new Map(
    digested.map(({ transaction, digest }, index) => [
      transaction,
      { digest, isSigned: holds[index] === true },
    ]),
  );
}

function digestIfAny(transaction: Transaction): TransactionDigest | undefined {
  try {
    return digestOf(transaction);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return undefined;
  }
}

/**
 * What `verifyBlock` need not find out by itself about the transactions of a block: hashes, sizes, signatures.
 * @param isVerified whether exactly this signature under this hash was verified before
 */
export async function knownOfBlock(
  threads: Pick<ChainThreads, 'digests' | 'signatures'>,
  transactions: readonly Transaction[],
  isVerified: (txHash: string, signature: string) => boolean = () => false,
): Promise<Pick<BlockRules, 'digests' | 'isVerified'>> {
  let digests: TransactionDigest[];
  try {
    digests = await threads.digests(transactions);
  } catch (error) {
    if (transactions.every(digestIfAny)) throw error;
    return {}; // one of them has no canonical form; the judge names it
  }
  const pairs = transactions.flatMap((transaction, index) => {
    const digest = digests[index];
    const isNew = digest && !isVerified(digest.txHash, transaction.signature);
    return isNew ? [signatureOf(transaction, digest)] : [];
  });
  const holds = await threads.signatures(pairs);
  const verified = new Set(
    pairs.flatMap((pair, index) => (holds[index] ? [`${pair.hash}:${pair.signature}`] : [])),
  );
  return {
    digests,
    isVerified: (txHash, signature) =>
      verified.has(`${txHash}:${signature}`) || isVerified(txHash, signature),
  };
}
