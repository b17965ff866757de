import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';

const ITERATIONS = 4096;
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

export interface ScramAnswer {
  readonly payload: string;
  readonly isDone: boolean;
}

/** The server's side of SCRAM-SHA-256 (RFC 5802, 7677) for one conversation. @throws when the proof is not right */
export function scramServer(password: string): (payload: string) => ScramAnswer {
  const salt = Buffer.from('salt-of-the-test');
  let conversation: { first: string; serverFirst: string } | undefined;
  return (payload) => {
    if (conversation === undefined) {
      const first = payload.replace(/^n,,/, '');
      const nonce = /r=([^,]+)/.exec(first)?.[1] ?? '';
      const serverFirst = `r=${nonce}server,s=${salt.toString('base64')},i=${ITERATIONS}`;
      conversation = { first, serverFirst };
      return { payload: serverFirst, isDone: false };
    }
    const [withoutProof = '', proof = ''] = payload.split(',p=');
    const authMessage = `${conversation.first},${conversation.serverFirst},${withoutProof}`;
    const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
    const clientKey = hmac(salted, 'Client Key');
    const signature = hmac(createHash('sha256').update(clientKey).digest(), authMessage);
    const expected = Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] ?? 0)));
    const given = Buffer.from(proof, 'base64');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new Error('wrong proof');
    return { payload: `v=${hmac(hmac(salted, 'Server Key'), authMessage).toString('base64')}`, isDone: true };
  };
}
