import { createHash, timingSafeEqual } from 'node:crypto';
import type { Random } from '@lucid/clock';

const SECRET_BYTES = 32;
const PATTERN = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([A-Za-z0-9_-]{43})$/;

export interface RefreshToken {
  sessionId: string;
  /** base64url of 32 random bytes. Known to the client alone. */
  secret: string;
}

export const newRefreshSecret = (random: Random): string => random.bytes(SECRET_BYTES).toString('base64url');

/** `session_id.secret` */
export const formatRefreshToken = ({ sessionId, secret }: RefreshToken): string => `${sessionId}.${secret}`;

export function parseRefreshToken(text: string): RefreshToken | undefined {
  const [, sessionId, secret] = PATTERN.exec(text) ?? [];
  return sessionId && secret ? { sessionId, secret } : undefined;
}

/** What is stored of a secret: 256 random bits need no slow hash. */
export const refreshHash = (secret: string): string => createHash('sha256').update(secret).digest('hex');

export const isSameHash = (left: string, right: string): boolean =>
  left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
