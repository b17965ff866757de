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
    when: 'Neither key-encryption key of the deployment is the one the session key was wrapped with.',
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
  AUDIT_UNAVAILABLE: {
    code: 7160,
    status: 503,
    fault: 'system',
    retry: true,
    message: 'The use of the key cannot be written down, so the key is not used.',
    when: 'The audit row of an opening, a minting or a destruction could not be written.',
  },
});
