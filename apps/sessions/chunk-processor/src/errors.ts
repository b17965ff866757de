import { catalogue } from '@lucid/errors';

export const errors = catalogue({
  KEY_NOT_FOUND: {
    code: 7150,
    status: 404,
    fault: 'user',
    message: 'The session has no key.',
    when: 'No key was minted for this session.',
  },
  KEY_DESTROYED: {
    code: 7151,
    status: 410,
    fault: 'user',
    message: 'The key of this session was destroyed; its chunks cannot be read any more.',
    when: 'The session was erased.',
  },
  KEY_NOT_OURS: {
    code: 7152,
    status: 503,
    fault: 'system',
    message: 'The key of this session was wrapped with another ENCRYPTION_KEY.',
    when: 'The deployment’s key-encryption key differs from the one the session key was wrapped with.',
  },
  CHUNK_NOT_STORED: {
    code: 7153,
    status: 404,
    fault: 'user',
    message: 'This chunk is not in storage.',
    when: 'The chunk is unknown, not processed yet, or its file was removed.',
  },
  CHUNK_DAMAGED: {
    code: 7154,
    status: 422,
    fault: 'system',
    message: 'The stored chunk is not what was recorded.',
    when: 'Its hash, its authentication tag or its plaintext hash is wrong. No byte of it is given out.',
  },
  PLAINTEXT_DAMAGED: {
    code: 7155,
    status: 422,
    fault: 'system',
    retry: true,
    message: 'The recorder’s plaintext is not what was recorded.',
    when: 'Size or SHA-256 of the fetched plaintext differ from the record; counts towards quarantine.',
  },
  STORED_DIFFERENTLY: {
    code: 7156,
    status: 409,
    fault: 'system',
    message: 'Storage has another chunk under this number.',
    when: 'A chunk with another plaintext is stored under the same number; the chunk is quarantined.',
  },
});
