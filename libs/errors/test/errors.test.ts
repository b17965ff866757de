import { describe, expect, it } from 'vitest';
import { catalogue, commonErrors, ServiceError } from '../src/index.ts';

describe('the error catalogue', () => {
  it('gives every common error its own code', () => {
    const codes = Object.values(commonErrors).map((entry) => entry.code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('puts client faults below 500 and system faults at 500 and above, except a refused caller', () => {
    for (const [key, entry] of Object.entries(commonErrors)) {
      if (key === 'CALLER_NOT_ALLOWED') continue;
      expect(entry.status < 500, key).toBe(entry.fault === 'user');
    }
  });

  it('makes errors that carry code, status and details into the envelope', () => {
    const errors = catalogue({
      GONE: { code: 7099, status: 404, fault: 'user', message: 'Gone.', when: 'never' },
    });
    const error = errors.GONE({ details: { session_id: 'x' } });
    expect(error).toBeInstanceOf(ServiceError);
    expect(error.toEnvelope({ requestId: 'r', timestamp: 't', service: 's' })).toEqual({
      error: {
        code: 'LUCID_ERR_7099',
        message: 'Gone.',
        details: { session_id: 'x' },
        request_id: 'r',
        timestamp: 't',
        service: 's',
        version: 'v1',
      },
    });
  });
});
