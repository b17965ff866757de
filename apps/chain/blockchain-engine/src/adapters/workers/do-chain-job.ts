import { digestOf, verifyHash } from '@lucid/ledger';
import { buildTree, buildTreeFromLeaves } from '@lucid/merkle';
import { type ChainAnswer, type ChainJob, SIGNATURE_BYTES, type TreeAnswer } from './chain-job.ts';

/** Pure: the same on a thread and on the spot. */
export function doChainJob(job: ChainJob): ChainAnswer {
  switch (job.kind) {
    case 'signatures':
      return signaturesThatHold(job.packed);
    case 'digests':
      return job.transactions.map(digestOf);
    case 'tree':
      return treeOver(job.hashes, job.are);
  }
}

function signaturesThatHold(packed: Uint8Array): Uint8Array {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  return Uint8Array.from({ length: bytes.length / SIGNATURE_BYTES }, (_, index) => {
    const at = index * SIGNATURE_BYTES;
    const [hash, signature, publicKey] = [
      bytes.toString('hex', at, at + 32),
      bytes.toString('hex', at + 32, at + 96),
      bytes.toString('hex', at + 96, at + SIGNATURE_BYTES),
    ];
    return verifyHash(hash, signature, publicKey) ? 1 : 0;
  });
}

/** @throws MerkleError for what has no tree */
export function treeOver(hashes: Uint8Array, are: 'items' | 'leaves'): TreeAnswer {
  const { root, height, leafCount, levels } =
    are === 'items' ? buildTree(hashes) : buildTreeFromLeaves(hashes);
  return { root, height, leafCount, levels: [...levels] };
}
