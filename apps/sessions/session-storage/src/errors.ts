import { catalogue } from '@lucid/errors';

export const errors = catalogue({
  CHUNK_NOT_FOUND: {
    code: 7201,
    status: 404,
    fault: 'user',
    message: 'This chunk is not stored.',
    when: 'No chunk with this sequence number is stored for the session.',
  },
  CHUNK_CONFLICT: {
    code: 7202,
    status: 409,
    fault: 'user',
    message: 'Another chunk is stored under this number.',
    when: 'A chunk with the same number but another hash is already stored.',
  },
  HASH_MISMATCH: {
    code: 7203,
    status: 400,
    fault: 'user',
    message: 'The bytes do not have the announced hash.',
    when: 'The SHA-256 of the received bytes differs from X-Chunk-SHA256.',
  },
  METADATA_INVALID: {
    code: 7204,
    status: 400,
    fault: 'user',
    message: 'X-Chunk-Metadata is not valid.',
    when: 'X-Chunk-Metadata is not base64url JSON of the expected shape.',
  },
  STORAGE_FULL: {
    code: 7205,
    status: 507,
    fault: 'system',
    retry: true,
    message: 'The storage is full.',
    when: 'The capacity or the disk is used up; nothing was stored.',
  },
  CHUNK_TOO_LARGE: {
    code: 7206,
    status: 413,
    fault: 'user',
    message: 'The chunk is too large.',
    when: 'A chunk is larger than 10 MiB and its encryption overhead.',
  },
  CHUNK_FILE_LOST: {
    code: 7207,
    status: 410, // a definite answer about one file: as a 5xx it would open the circuit breakers of everybody who stores
    fault: 'system',
    message: 'The file of this chunk is gone.',
    when: 'The chunk is known but its file is missing or has another size.',
  },
  RANGE_NOT_SATISFIABLE: {
    code: 7208,
    status: 416,
    fault: 'user',
    message: 'The range lies outside the chunk.',
    when: 'The Range header asks for bytes that do not exist.',
  },
  SESSION_DELETED: {
    code: 7209,
    status: 410,
    fault: 'user',
    message: 'The session was deleted.',
    when: 'A chunk arrives after its session was deleted; nothing was stored.',
  },
  MANIFEST_NOT_FOUND: {
    code: 7211,
    status: 404,
    fault: 'user',
    message: 'The session has no manifest yet.',
    when: 'The manifest is built after the last chunk is stored.',
  },
  MANIFEST_CONFLICT: {
    code: 7212,
    status: 409,
    fault: 'user',
    message: 'The session has another manifest.',
    when: 'A manifest is never replaced once it is stored.',
  },
});
