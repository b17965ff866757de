import { createHash } from 'node:crypto';

/**
 * Which account a login is for, as a hash, so that neither memory nor logs hold addresses. A body that names none counts for
 * the empty account: the owner refuses it anyway.
 */
export function loginAccount(body: Buffer, contentType: string | undefined): string {
  const email = contentType?.startsWith('application/x-www-form-urlencoded')
    ? new URLSearchParams(body.toString('utf8')).get('email')
    : emailOf(body);
  return createHash('sha256')
    .update((email ?? '').trim().toLowerCase())
    .digest('base64url');
}

function emailOf(body: Buffer): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    const email = (parsed as { email?: unknown } | null)?.email;
    return typeof email === 'string' ? email : undefined;
  } catch {
    return undefined; // not JSON: the owner says so
  }
}
