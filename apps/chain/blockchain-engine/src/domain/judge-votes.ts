import { type SignedHeader, verifyCertificate } from '@lucid/ledger';
import type { BlockDocument } from './block-document.ts';

export interface Voters {
  genesis: Pick<SignedHeader, 'hash'>;
  data: { validators: Parameters<typeof verifyCertificate>[0]['validators'] };
}

/**
 * What is wrong with the votes that a kept block carries; undefined when they hold. A sole validator signs with the block
 * itself: its older blocks have no other vote.
 */
export function wrongVotes(
  { header, hash, certificate }: Pick<BlockDocument, 'header' | 'hash' | 'certificate'>,
  { genesis, data: { validators } }: Voters,
): string | undefined {
  if (header.height === 0) return undefined;
  if (!certificate) return validators.length === 1 ? undefined : 'no votes are kept with it';
  const verdict = verifyCertificate({ certificate, header, hash, genesisHash: genesis.hash, validators });
  return verdict.valid ? undefined : `its votes do not hold: ${verdict.detail}`;
}
