import { blockHash, type SignedHeader, verifyHash, ZERO_HASH } from '@lucid/ledger';

/**
 * Does a kept block follow from the one below it? Looks at header, hash, signature and link; transactions are another
 * matter.
 * @returns what is wrong, or undefined
 */
export function brokenLink(
  block: SignedHeader,
  parent: SignedHeader | undefined,
  publicKeyOf: (validator: string) => string | undefined,
): string | undefined {
  const { header, hash, signature } = block;
  if (blockHash(header) !== hash) return 'its hash is not that of its header';
  if (header.height === 0)
    return header.previous_hash === ZERO_HASH ? undefined : 'the first block has a parent';
  if (!parent) return 'the block below it is missing';
  if (header.height !== parent.header.height + 1) return `it follows on height ${parent.header.height}`;
  if (header.previous_hash !== parent.hash) return 'it does not name the block below it';
  const publicKey = publicKeyOf(header.validator);
  if (publicKey === undefined) return `${header.validator} is no validator`;
  return verifyHash(hash, signature, publicKey) ? undefined : `${header.validator} did not sign it`;
}
