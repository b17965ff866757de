import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DekCache } from '../src/adapters/dek-cache.ts';
import { receive } from '../src/adapters/receive.ts';
import { Pace } from '../src/domain/pace.ts';
import { Semaphore } from '../src/domain/semaphore.ts';

describe('the pace', () => {
  it('slows down with every failure up to five seconds and forgets them after a success', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.double({ min: 0, max: 1, noNaN: true }), (failures, fraction) => {
        const pace = new Pace();
        for (let index = 0; index < failures; index++) pace.failed();
        const fullMs = failures === 0 ? 0 : Math.min(5000, 200 * 2 ** (failures - 1));
        expect(pace.pauseMs(fraction)).toBeGreaterThanOrEqual(fullMs / 2);
        expect(pace.pauseMs(fraction)).toBeLessThanOrEqual(fullMs);
        pace.succeeded();
        expect(pace.pauseMs(fraction)).toBe(0);
      }),
    );
  });
});

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

describe('the key cache', () => {
  it('hands out copies and overwrites its own when a key is wiped', () => {
    const cache = new DekCache(60_000);
    cache.set('s', { keyId: 'k', dek: Buffer.alloc(32, 7) });
    const mine = cache.get('s');
    mine?.dek.fill(0);
    expect(cache.get('s')?.dek).toEqual(Buffer.alloc(32, 7));
    cache.wipe('s');
    expect(cache.get('s')).toBeUndefined();
  });

  it('keeps nothing when it is switched off', () => {
    const cache = new DekCache(0);
    cache.set('s', { keyId: 'k', dek: Buffer.alloc(32) });
    expect(cache.get('s')).toBeUndefined();
  });
});

describe('receiving', () => {
  it('accepts exactly the announced size', async () => {
    const pieces = [Buffer.from('abc'), Buffer.from('def')];
    const into = Buffer.alloc(16);
    expect((await receive(Readable.from(pieces), 6, into))?.bytes.toString()).toBe('abcdef');
    expect(await receive(Readable.from(pieces), 5, into)).toBeUndefined();
    expect(await receive(Readable.from(pieces), 7, into)).toBeUndefined();
    expect(await receive(Readable.from(pieces), 17, into)).toBeUndefined();
  });
});
