import { ChunkCodecError } from '@lucid/chunk-codec';
import { commonErrors } from '@lucid/errors';
import { describe, expect, it } from 'vitest';
import { LeaseLost, Stopping, verdictOn } from '../src/domain/verdict.ts';
import { errors } from '../src/errors.ts';

describe('a worker that could not finish a chunk', () => {
  it('says nothing more when it lost the lease', () => {
    expect(verdictOn(new LeaseLost('gone'))).toEqual({ kind: 'drop' });
  });

  it('blames the system for outages, never the chunk', () => {
    const outages = [
      commonErrors.UPSTREAM_UNREACHABLE(),
      commonErrors.UPSTREAM_TIMEOUT(),
      commonErrors.UPSTREAM_FAILED(),
      commonErrors.BREAKER_OPEN(),
      commonErrors.RATE_LIMITED(),
      commonErrors.CALLER_NOT_ALLOWED(),
      new Stopping('stopping'),
    ];
    for (const outage of outages)
      expect(verdictOn(outage)).toMatchObject({ fault: 'system', retryable: true });
  });

  it('tries damaged bytes again, and what nobody foresaw too, but counts them', () => {
    const faults = [errors.PLAINTEXT_DAMAGED(), new TypeError('oops'), 'not even an error'];
    for (const fault of faults) expect(verdictOn(fault)).toMatchObject({ fault: 'data', retryable: true });
  });

  it('does not try what cannot get better', () => {
    const hopeless = [
      new ChunkCodecError('bad_public_key', 'nobody can open what it seals'),
      errors.STORED_DIFFERENTLY(),
      new ChunkCodecError('empty_plaintext', 'nothing'),
    ];
    for (const fault of hopeless) expect(verdictOn(fault)).toMatchObject({ fault: 'data', retryable: false });
  });

  it('keeps its reasons short', () => {
    const verdict = verdictOn(new Error('x'.repeat(9000)));
    expect(verdict.kind === 'give_back' && verdict.reason.length).toBe(500);
  });
});
