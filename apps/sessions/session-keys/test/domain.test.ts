import { describe, expect, it } from 'vitest';
import { KekRing, kekIdOf } from '../src/domain/kek-ring.ts';
import { Semaphore } from '../src/domain/semaphore.ts';

describe('the semaphore', () => {
  it('never lets in more than it has places for, and everybody in the end', async () => {
    const semaphore = new Semaphore(3);
    let inside = 0;
    let most = 0;
    const work = async (index: number) => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
      if (index % 5 === 0) throw new Error('failures give their place back');
      return index;
    };
    const all = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) => semaphore.run(() => work(index))),
    );
    expect(most).toBe(3);
    expect(all.filter((one) => one.status === 'fulfilled')).toHaveLength(40);
  });
});

describe('the ring of key-encryption keys', () => {
  const [first, second] = ['11'.repeat(32), '22'.repeat(32)];

  it('wraps with the current key and finds the previous one by its id', () => {
    const ring = new KekRing(second, first);
    expect(ring.current.bytes.toString('hex')).toBe(second);
    expect(ring.ids).toEqual([kekIdOf(Buffer.from(second, 'hex')), kekIdOf(Buffer.from(first, 'hex'))]);
    expect(ring.find(kekIdOf(Buffer.from(first, 'hex')))?.bytes.toString('hex')).toBe(first);
    expect(ring.find('0'.repeat(16))).toBeUndefined();
  });

  it('has one key when the previous is the same or none', () => {
    for (const previous of [undefined, '', first]) expect(new KekRing(first, previous).ids).toHaveLength(1);
  });

  it('says nothing of a key in its id', () => {
    expect(first).not.toContain(kekIdOf(Buffer.from(first, 'hex')));
  });

  it('leaves no key behind when it is closed', () => {
    const ring = new KekRing(second, first);
    ring.close();
    expect(ring.current.bytes).toEqual(Buffer.alloc(32));
    expect(ring.previous?.bytes).toEqual(Buffer.alloc(32));
  });
});
