// Session keys at rest: the private half of a session's key pair sealed by the deployment's key-encryption key (KEK).
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { ChunkCodecError } from './chunk-codec-error.ts';
import { assertId, assertKey, KEY_BYTES, type RandomBytes, TAG_BYTES, take } from './format.ts';

/** The version says what is inside: 2 is an X25519 private key. */
const PREFIX = 'lucid-key:v2:';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES;

/** Whose key it is; a wrapped key copied to another record does not open. */
export interface KeyPlace {
  readonly keyId: string;
  readonly sessionId: string;
}

export interface WrapKeyInput extends KeyPlace {
  /** 32 bytes; stays the caller's. */
  readonly privateKey: Uint8Array;
  readonly kek: Uint8Array;
  readonly randomBytes: RandomBytes;
}

/** `lucid-key:v2:` + base64url(nonce ‖ ciphertext ‖ tag), AES-256-GCM with AAD `{key_id}|{session_id}`. */
export function wrapKey(input: WrapKeyInput): string {
  assertKey(input.kek);
  assertKey(input.privateKey);
  const aad = keyAad(input);
  const nonce = take(input.randomBytes, NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, input.kek, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(aad);
  const sealed = [cipher.update(input.privateKey), cipher.final(), cipher.getAuthTag()];
  return PREFIX + Buffer.concat([nonce, ...sealed]).toString('base64url');
}

/** The private key; the caller overwrites it. Throws `malformed_wrapped_key`, or `authentication_failed` for another KEK, key id or session. */
export function unwrapKey(input: KeyPlace & { readonly wrapped: string; readonly kek: Uint8Array }): Buffer {
  assertKey(input.kek);
  const aad = keyAad(input);
  const bytes = Buffer.from(input.wrapped.slice(PREFIX.length), 'base64url');
  if (input.wrapped !== PREFIX + bytes.toString('base64url') || bytes.length !== WRAPPED_BYTES) {
    throw new ChunkCodecError(
      'malformed_wrapped_key',
      `the wrapped key ${input.keyId} has an unknown format`,
    );
  }
  const decipher = createDecipheriv(CIPHER, input.kek, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(aad);
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const privateKey = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    decipher.final();
  } catch (error) {
    privateKey.fill(0);
    const message = `the wrapped key ${input.keyId} does not open for this session and key-encryption key`;
    throw new ChunkCodecError('authentication_failed', message, { cause: error });
  }
  return privateKey;
}

function keyAad({ keyId, sessionId }: KeyPlace): Buffer {
  assertId(keyId, 'key id');
  assertId(sessionId, 'session id');
  return Buffer.from(`${keyId}|${sessionId}`);
}
