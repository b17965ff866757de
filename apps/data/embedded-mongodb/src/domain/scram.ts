/** SCRAM-SHA-256, the server's side (RFC 5802, RFC 7677). Pure: salts and nonces come in. */
import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { errors } from '../errors.ts';

/** MongoDB's default. */
export const ITERATIONS = 15_000;

export interface ScramKeys {
  salt: Buffer;
  iterations: number;
  storedKey: Buffer;
  serverKey: Buffer;
}

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

export function deriveKeys(password: string, salt: Buffer, iterations = ITERATIONS): ScramKeys {
  // NFKC is the part of SASLprep that changes printable passwords.
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, 32, 'sha256');
  return {
    salt,
    iterations,
    storedKey: sha256(hmac(salted, 'Client Key')),
    serverKey: hmac(salted, 'Server Key'),
  };
}

/** A conversation between the client's first message and its proof. */
export interface Conversation {
  user: string;
  clientFirstBare: string;
  serverFirst: string;
  nonce: string;
  keys: ScramKeys;
  /** False when the user does not exist: the conversation goes on and fails at the end, as with a wrong password. */
  known: boolean;
}

const attributes = (message: string): Map<string, string> =>
  new Map(message.split(',').map((part) => [part.slice(0, 1), part.slice(2)]));

/** The user a first message names. @throws CommandError ProtocolError-like BadValue when it is malformed */
export function userOf(clientFirst: string): string {
  const match = /^[ny],[^,]*,n=([^,]*),r=[^,]+/.exec(clientFirst);
  if (!match) throw errors.badValue('malformed SCRAM client first message');
  return (match[1] ?? '').replaceAll('=2C', ',').replaceAll('=3D', '=');
}

export function startConversation(
  clientFirst: string,
  serverNonce: string,
  keys: ScramKeys,
  known: boolean,
): Conversation {
  const user = userOf(clientFirst);
  const clientFirstBare = clientFirst.replace(/^[ny],[^,]*,/, '');
  const nonce = `${attributes(clientFirstBare).get('r')}${serverNonce}`;
  const serverFirst = `r=${nonce},s=${keys.salt.toString('base64')},i=${keys.iterations}`;
  return { user, clientFirstBare, serverFirst, nonce, keys, known };
}

/** The server's signature. @throws CommandError AuthenticationFailed when the proof is wrong */
export function finishConversation(conversation: Conversation, clientFinal: string): string {
  const { clientFirstBare, serverFirst, nonce, keys, known } = conversation;
  const given = attributes(clientFinal);
  const withoutProof = clientFinal.slice(0, clientFinal.lastIndexOf(',p='));
  const authMessage = `${clientFirstBare},${serverFirst},${withoutProof}`;
  const signature = hmac(keys.storedKey, authMessage);
  const proof = Buffer.from(given.get('p') ?? '', 'base64');
  const clientKey = Buffer.alloc(32);
  for (let i = 0; i < 32; i++) clientKey[i] = (proof[i] ?? 0) ^ (signature[i] ?? 0);
  const proven = timingSafeEqual(sha256(clientKey), keys.storedKey);
  if (!proven || proof.length !== 32 || !known || given.get('r') !== nonce)
    throw errors.authenticationFailed('Authentication failed.');
  return `v=${hmac(keys.serverKey, authMessage).toString('base64')}`;
}
