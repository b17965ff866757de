import { PassThrough } from 'node:stream';
import { eventually, FakeClock } from '@lucid/testing';
import { describe, expect, it } from 'vitest';
import { inPieces } from '../src/pieces.ts';

const options = (clock: FakeClock) => ({ sizeBytes: 10, holdMs: 1000, clock });

describe('what a pipe gives', () => {
  it('is gathered until a piece is full, and the rest comes at the end', async () => {
    const pipe = new PassThrough();
    for (const part of ['aaaa', 'bbbb', 'cccc', 'dd']) pipe.write(part);
    pipe.end();
    const pieces: string[] = [];
    for await (const piece of inPieces(pipe, options(new FakeClock()))) pieces.push(piece.toString());
    expect(pieces.join('')).toBe('aaaabbbbccccdd');
    expect(pieces.slice(0, -1).every(({ length }) => length >= 10)).toBe(true);
  });

  it('goes on its way after a second, however little it is', async () => {
    const clock = new FakeClock();
    const pipe = new PassThrough();
    const pieces = inPieces(pipe, options(clock));
    pipe.write('little');
    const first = pieces.next();
    await eventually('it waits for more', async () => clock.sleeping > 0);
    await clock.advance(999);
    expect(await Promise.race([first, Promise.resolve('not yet')])).toBe('not yet');
    await clock.advance(1);
    expect((await first).value?.toString()).toBe('little');
    pipe.end('last');
    expect((await pieces.next()).value?.toString()).toBe('last');
    expect((await pieces.next()).done).toBe(true);
  });

  it('is not held up by a pipe that gives nothing, and an error of the pipe is told', async () => {
    const pipe = new PassThrough();
    const pieces = inPieces(pipe, options(new FakeClock()));
    const first = pieces.next();
    pipe.destroy(new Error('the screen is gone'));
    await expect(first).rejects.toThrow('the screen is gone');
  });
});
