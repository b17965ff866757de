/**
 * Cases the external server is known to answer otherwise, by name, each with the reason. Only read when MONGODB_TEST_URI is
 * set. A case in this list has to fail there: one that passes fails the suite, so the list cannot grow stale.
 * The server it was written for: FerretDB 2.7 on PostgreSQL with DocumentDB.
 */
const EXPLAIN = 'DocumentDB explains in the terms of PostgreSQL';

export const KNOWN_DIFFERENCES: Readonly<Record<string, string>> = {
  '$count of nothing gives nothing': 'DocumentDB answers one document with 0',
  'a validator refuses documents with code 121': 'FerretDB does not run validators',
  'dbStats counts collections and documents': 'DocumentDB counts from statistics that lag behind',
  'an unknown field of find is refused': 'DocumentDB refuses it with BadValue',
  'a duplicate is refused with code 11000, the key pattern and the key value':
    'DocumentDB names only the index',
  'the message of a duplicate names collection, index and key': 'DocumentDB has a message of its own',
  'findOneAndUpdate into a taken key is refused': 'FerretDB answers InternalError instead of DuplicateKey',
  'a unique index cannot be built over duplicates': 'FerretDB answers InternalError instead of DuplicateKey',
  'two arrays in one document cannot be indexed together': 'DocumentDB indexes them',
  'an insert retried under the same number is applied once and answered the same':
    'FerretDB applies it again',
  'a findAndModify retried under the same number is applied once and answered the same':
    'FerretDB applies it again',
  'a transaction is refused and writes nothing': 'FerretDB runs the commands outside of any transaction',
  'explain names a collection scan and counts what it read': EXPLAIN,
  'explain shows an equality reading only its keys': EXPLAIN,
  'explain shows a range reading only its keys': EXPLAIN,
  'explain shows $in reading only its keys': EXPLAIN,
  'explain shows that an index spares the sort': EXPLAIN,
  'explain shows a sort that no index gives': EXPLAIN,
  'explain shows a partial index used only where it covers the query': EXPLAIN,
  'explain shows an index over an array in use': EXPLAIN,
};
