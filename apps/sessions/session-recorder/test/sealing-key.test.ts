import { randomUUID } from 'node:crypto';
import { publicKeyOf } from '@lucid/chunk-codec';
import type { SealingKey } from '@lucid/contracts';
import { describe, expect, it } from 'vitest';
import { checkSealingKey, isSameKey } from '../src/domain/sealing-key.ts';

const keyOf = (public_key: string): SealingKey => ({
  key_id: randomUUID(),
  algorithm: 'HPKE-X25519-SHA256-AES256GCM',
  public_key,
});
const good = keyOf(publicKeyOf(Buffer.alloc(32, 5)).toString('hex'));

describe('the sealing key of a recording', () => {
  it('is accepted when it is the public half of a key pair', () => {
    expect(() => checkSealingKey(good)).not.toThrow();
  });

  it.each([
    ['zero', '00'.repeat(32)],
    ['one', `01${'00'.repeat(31)}`],
    ['a point of order eight', 'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'],
    ['a key that is too short', '11'.repeat(31)],
  ])('is refused when it is %s', (_what, public_key) => {
    expect(() => checkSealingKey(keyOf(public_key))).toThrow(expect.objectContaining({ code: 7140 }));
  });

  it('is the same only when id and bytes are', () => {
    expect(isSameKey(good, { ...good })).toBe(true);
    expect(isSameKey(good, { ...good, key_id: randomUUID() })).toBe(false);
    expect(isSameKey(good, keyOf('22'.repeat(32)))).toBe(false);
  });
});
