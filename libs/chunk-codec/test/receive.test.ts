import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { receive } from '../src/index.ts';
import { sha256 } from './support.ts';

const pieces = () => [Buffer.from('abc'), Buffer.from('def')];

describe('receiving', () => {
  it('accepts exactly the announced size', async () => {
    const into = Buffer.alloc(16);
    const received = await receive(Readable.from(pieces()), 6, into);
    expect(received?.bytes.toString()).toBe('abcdef');
    expect(received?.bytes.buffer).toBe(into.buffer);
    expect(received?.hash).toBe(sha256(Buffer.from('abcdef')));
    for (const size of [5, 7, 17]) expect(await receive(Readable.from(pieces()), size, into)).toBeUndefined();
  });

  it('leaves nothing in the pieces, whether it takes them or not', async () => {
    for (const size of [6, 4]) {
      const given = pieces();
      await receive(Readable.from(given), size, Buffer.alloc(16));
      expect(given.map((piece) => piece.every((byte) => byte === 0))).toEqual([true, true]);
    }
  });
});
