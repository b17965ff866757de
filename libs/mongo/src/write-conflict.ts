import { MongoServerError } from 'mongodb';

/** MongoDB's WriteConflict; a server over PostgreSQL breaks a deadlock by ending one of the writes, in its own words. */
const WRITE_CONFLICT = 112;
const DEADLOCK = /deadlock detected/i;

/** True when a write was given up for another that wanted the same unique key: nothing of it is stored, and it may be tried again. */
export const isWriteConflict = (error: unknown): error is MongoServerError =>
  error instanceof MongoServerError && (error.code === WRITE_CONFLICT || DEADLOCK.test(error.message));
