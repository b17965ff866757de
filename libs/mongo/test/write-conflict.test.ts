import { MongoServerError } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { addNew } from '../src/index.ts';
import { isWriteConflict } from '../src/write-conflict.ts';

describe('a write conflict', () => {
  it.each([
    ['MongoDB gives up a write', { code: 112, message: 'WriteConflict error' }],
    [
      'PostgreSQL ends one of two that wait for each other',
      { code: 16_908_292, message: 'deadlock detected' },
    ],
  ])('is there when %s', (_when, description) => {
    expect(isWriteConflict(new MongoServerError(description))).toBe(true);
  });

  it.each([
    ['a key that is taken', new MongoServerError({ code: 11_000, message: 'E11000 duplicate key error' })],
    ['an error of ours that only says so', new Error('deadlock detected')],
  ])('is not %s', (_what, error) => {
    expect(isWriteConflict(error)).toBe(false);
  });
});

describe('adding what must be there once', () => {
  const deadlock = new MongoServerError({ message: 'deadlock detected' });
  /** Answers each insert by the next of these; undefined is a success. */
  const answering = (...answers: readonly (Error | undefined)[]) => {
    let inserts = 0;
    const insertOne = async () => {
      const answer = answers[inserts];
      inserts += 1;
      if (answer) throw answer;
      return { acknowledged: true, insertedId: 'a' as never };
    };
    return { add: () => addNew<{ _id: string }>({ insertOne }, { _id: 'a' }), inserts: () => inserts };
  };

  it('is tried again when the server gave it up for another', async () => {
    const { add, inserts } = answering(deadlock, deadlock, undefined);
    expect(await add()).toBe(true);
    expect(inserts()).toBe(3);
  });

  it('says no when it is there, and gives up when a conflict does not end', async () => {
    const taken = new MongoServerError({ code: 11_000, message: 'E11000 duplicate key error' });
    expect(await answering(deadlock, taken).add()).toBe(false);
    await expect(answering(...Array.from({ length: 9 }, () => deadlock)).add()).rejects.toBe(deadlock);
    await expect(answering(new Error('gone')).add()).rejects.toThrow('gone');
  });
});
