import { MongoServerError } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { isWriteConflict } from '../src/index.ts';

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
