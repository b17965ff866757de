import { errors } from '../errors.ts';

/**
 * The version an editor believes to change: from `If-Match` (one strong ETag, or `*`) or from the body.
 * @throws PRECONDITION_FAILED for an If-Match that no session can have; VERSION_CONFLICT where the two differ
 */
export function expectedVersion(ifMatch: string | undefined, inBody: number | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return inBody;
  const tag = /^\s*"(\d{1,15})"\s*$/.exec(ifMatch)?.[1];
  if (tag === undefined) throw errors.PRECONDITION_FAILED();
  if (inBody !== undefined && inBody !== Number(tag)) throw errors.VERSION_CONFLICT();
  return Number(tag);
}

export const etagOf = ({ version }: { version: number }): string => `"${version}"`;
