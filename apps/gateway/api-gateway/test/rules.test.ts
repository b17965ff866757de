import { contract } from '@lucid/contracts';
import { describe, expect, it } from 'vitest';
import { clientAddress, limitKey } from '../src/domain/client-address.ts';
import { corsFor } from '../src/domain/cors.ts';
import { exposedRoutes } from '../src/domain/exposed-routes.ts';
import { loginAccount } from '../src/domain/login-account.ts';
import { publishedAddress } from '../src/domain/published-address.ts';
import { upstreamFailure } from '../src/domain/upstream-failure.ts';

describe('the client’s address', () => {
  it.each([
    ['127.0.0.1', undefined, 0, '127.0.0.1'],
    ['::ffff:10.0.0.1', undefined, 0, '10.0.0.1'],
    ['10.0.0.1', '1.2.3.4', 0, '10.0.0.1'],
    ['10.0.0.1', '1.2.3.4', 1, '1.2.3.4'],
    ['10.0.0.1', '6.6.6.6, 1.2.3.4', 1, '1.2.3.4'],
    ['10.0.0.1', '6.6.6.6, 1.2.3.4, 10.0.0.2', 2, '1.2.3.4'],
    ['10.0.0.1', '1.2.3.4', 5, '1.2.3.4'],
    ['10.0.0.1', 'not an address', 1, '10.0.0.1'],
  ])('socket %s, header %s, %i proxies: %s', (remote, header, hops, found) => {
    expect(clientAddress(remote, header, hops)).toBe(found);
  });

  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s is counted as %s', (address, key) => expect(limitKey(address)).toBe(key));
});

describe('the published address', () => {
  const inside = { localAddress: '127.20.0.2', localPort: 8080 };
  it('tells outside from inside by address and port', () => {
    const { isOutside } = publishedAddress('127.0.0.1:8080');
    expect(isOutside({ localAddress: '127.0.0.1', localPort: 8080 })).toBe(true);
    expect(isOutside({ localAddress: '::ffff:127.0.0.1', localPort: 8080 })).toBe(true);
    expect(isOutside(inside)).toBe(false);
  });

  it('on all interfaces is told by its port', () => {
    const { isOutside } = publishedAddress('0.0.0.0:8443');
    expect(isOutside({ localAddress: '192.0.2.1', localPort: 8443 })).toBe(true);
    expect(isOutside(inside)).toBe(false);
  });

  it('may be missing, and must not be a name', () => {
    expect(publishedAddress(undefined).isOutside(inside)).toBe(false);
    expect(() => publishedAddress('example.org:80')).toThrow('ip:port');
  });
});

describe('origins', () => {
  it.each(['*', 'app.example.org', 'https://app.example.org/', 'null'])(
    '%s is refused at the start',
    (origin) => {
      expect(() => corsFor([origin])).toThrow('CORS_ORIGINS');
    },
  );
});

describe('logins', () => {
  it('are for the same account in JSON, as a form, and in any case', () => {
    const one = loginAccount(Buffer.from('{"email":"A@b.c"}'), 'application/json');
    const form = loginAccount(
      Buffer.from('email=a%40b.c'),
      'application/x-www-form-urlencoded; charset=utf-8',
    );
    expect(form).toBe(one);
    expect(one).not.toContain('@');
    for (const body of ['{', 'null', '[]', '{"email":5}'])
      expect(loginAccount(Buffer.from(body), undefined)).toBe(loginAccount(Buffer.from(''), undefined));
  });
});

describe('routes', () => {
  it('follow from the contract', () => {
    const replies = { 200: 'empty' as const };
    const of = contract('lucid-x', 'X', {
      a: { method: 'GET', path: '/a', summary: '', access: 'user_or_service', replies },
      b: {
        method: 'PATCH',
        path: '/b/:id',
        summary: '',
        access: 'admin',
        body: 'bytes',
        routedBy: 'id',
        replies,
      },
      c: { method: 'GET', path: '/c', summary: '', access: 'service', replies },
      d: { method: 'GET', path: '/d', summary: '', access: 'open', replies },
    });
    expect(exposedRoutes([of])).toEqual([
      expect.objectContaining({ name: 'a', audience: 'user', body: 'json', bodyLimitBytes: 1024 * 1024 }),
      expect.objectContaining({ name: 'b', audience: 'admin', body: 'stream', routedBy: 'id' }),
    ]);
  });
});

describe('failures behind the gateway', () => {
  it.each(['', 'oops', '{"error":{"code":"<script>"}}', 'null', '{"error":{"code":5001}}'])(
    'quote nothing of an answer that reads %s',
    (body) => {
      const error = upstreamFailure('lucid-x', 503, body, undefined);
      expect(error).toMatchObject({ status: 502, details: { upstream: 'lucid-x', status: 503 } });
      expect(error.details).not.toHaveProperty('code');
    },
  );
});
