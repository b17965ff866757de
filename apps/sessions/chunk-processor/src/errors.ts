import { catalogue } from '@lucid/errors';

export const errors = catalogue({
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
