import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { selfSignedPem } from '../../src/engines/process/self-signed-pem.ts';

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

describe('a certificate that signs itself', () => {
  const pem = selfSignedPem(NOW_MS);
  const certificate = new X509Certificate(pem);

  it('is signed by the key it comes with', () => {
    const key = createPrivateKey(pem);
    expect(certificate.checkPrivateKey(key)).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkIssued(certificate)).toBe(true);
  });

  it('is for a door on this machine, and for servers only', () => {
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkHost('api.lucid.onion')).toBe('api.lucid.onion');
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkIP('::1')).toBe('::1');
    expect(certificate.checkHost('example.com')).toBeUndefined();
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']); // serverAuth
  });

  it('is good from the day before, for ten years', () => {
    expect(certificate.validFromDate).toEqual(new Date(NOW_MS - 86_400_000));
    expect(certificate.validToDate.getUTCFullYear()).toBe(2035);
  });

  it('can be made after 2049, when dates are written in another way', () => {
    const late = new X509Certificate(selfSignedPem(Date.UTC(2051, 5, 6)));
    expect(late.validFromDate.getUTCFullYear()).toBe(2051);
    expect(late.verify(late.publicKey)).toBe(true);
  });

  it('has a key and a number of its own each time', () => {
    const other = new X509Certificate(selfSignedPem(NOW_MS));
    expect(other.serialNumber).not.toBe(certificate.serialNumber);
    expect(other.fingerprint256).not.toBe(certificate.fingerprint256);
    expect(certificate.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
  });
});
