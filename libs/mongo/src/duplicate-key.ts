import { MongoServerError } from 'mongodb';

const DUPLICATE_KEY = 11000;

/** True when a write was refused by a unique index. */
export const isDuplicateKey = (error: unknown): error is MongoServerError =>
  error instanceof MongoServerError && error.code === DUPLICATE_KEY;
