import { commonErrors } from '@lucid/errors';

/** Ours have about 500 characters. */
const MAX_TOKEN_CHARACTERS = 2048;

/**
 * The token of an `Authorization: Bearer` header.
 * @throws BAD_CREDENTIALS when there is none, TOKEN_INVALID when it is too long to be one of ours
 */
export function bearerToken(header: string | undefined): string {
  const token = header && /^Bearer +(\S+) *$/i.exec(header)?.[1];
  if (!token) throw commonErrors.BAD_CREDENTIALS();
  if (token.length > MAX_TOKEN_CHARACTERS) throw commonErrors.TOKEN_INVALID();
  return token;
}
