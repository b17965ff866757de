import { expect, it } from 'vitest';
import { merged } from '../../src/engines/containers/merged.ts';

/** Says its words, and then nothing until it is told to end. */
const speaker = (words: readonly string[], ended: string[]) =>
  async function* (signal: AbortSignal): AsyncGenerator<string> {
    yield* words;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    ended.push(words.join());
  };

it('streams that never end are ended when the reader has seen enough', async () => {
  const ended: string[] = [];
  const seen: string[] = [];
  for await (const word of merged([speaker(['a'], ended), speaker(['b', 'c'], ended)])) {
    seen.push(word);
    if (seen.length === 3) break;
  }
  expect(seen.toSorted()).toEqual(['a', 'b', 'c']);
  expect(ended.toSorted()).toEqual(['a', 'b,c']);
});

it('streams end with the signal of the reader', async () => {
  const over = new AbortController();
  const ended: string[] = [];
  for await (const word of merged([speaker(['a'], ended)], over.signal)) {
    expect(word).toBe('a');
    over.abort();
  }
  expect(ended).toEqual(['a']);
});
