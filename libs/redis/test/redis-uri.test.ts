import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRedisUri } from '../src/redis-uri.ts';

const port = fc.integer({ min: 1, max: 65535 });
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
const address = fc.oneof(
  fc.record({ host: fc.oneof(name, fc.ipV4()), port }),
  fc.record({ host: fc.ipV6(), port }),
);
const written = ({ host, port }: { host: string; port: number }) =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
const secret = fc.string({ minLength: 1, unit: 'grapheme' });

describe('a Redis URI', () => {
  it('is one server with a password and a database', () => {
    expect(parseRedisUri('redis://:password@host:6380/3')).toEqual({
      hosts: [{ host: 'host', port: 6380 }],
      password: 'password',
      database: 3,
      isCluster: false,
    });
    expect(parseRedisUri('redis://host')).toEqual({
      hosts: [{ host: 'host', port: 6379 }],
      database: 0,
      isCluster: false,
    });
  });

  it('is a cluster when it has several hosts, or says so', () => {
    const hosts = ['host1', 'host2', 'host3'].map((host) => ({ host, port: 6379 }));
    const uri = 'redis://:password@host1:6379,host2:6379,host3:6379/';
    const cluster = { hosts, password: 'password', database: 0, isCluster: true };
    expect(parseRedisUri(`${uri}?cluster=true`)).toEqual(cluster);
    expect(parseRedisUri(uri)).toEqual(cluster);
    expect(parseRedisUri('redis://host1/?cluster=true').isCluster).toBe(true);
    expect(parseRedisUri('redis://host1/0?cluster=false').isCluster).toBe(false);
  });

  it('gives back whatever was written into it', () => {
    fc.assert(
      fc.property(
        fc.array(address, { minLength: 1, maxLength: 6 }),
        fc.option(fc.record({ username: fc.oneof(fc.constant(''), secret), password: secret })),
        fc.nat(15),
        fc.boolean(),
        (hosts, login, nat, saysCluster) => {
          const isCluster = saysCluster || hosts.length > 1;
          const database = isCluster ? 0 : nat;
          const user = login
            ? `${encodeURIComponent(login.username)}:${encodeURIComponent(login.password)}@`
            : '';
          const query = saysCluster ? '?cluster=true' : '';
          const uri = `redis://${user}${hosts.map(written).join(',')}/${database}${query}`;
          const { username, password } = login ?? {};
          expect(parseRedisUri(uri)).toEqual({
            hosts,
            ...(username ? { username } : {}),
            ...(password ? { password } : {}),
            database,
            isCluster,
          });
        },
      ),
    );
  });

  it.each([
    ['rediss://:SECRET@host/0', 'must look like'],
    ['redis://:SECRET@/0', 'must look like'],
    ['redis://:SECRET@host:0/0', 'port'],
    ['redis://:SECRET@host:65536/0', 'port'],
    ['redis://:SECRET@host:port/0', 'host or host:port'],
    ['redis://:SECRET@host1,,host2/', 'host or host:port'],
    ['redis://SECRET@host/0', 'without a password'],
    ['redis://user:@host/0', 'empty password'],
    ['redis://:SECRET%zz@host/0', 'percent-encoded'],
    ['redis://:SECRET@host/0?tls=true', 'option other than cluster'],
    ['redis://:SECRET@host/0?cluster=yes', 'cluster=true or cluster=false'],
    ['redis://:SECRET@a,b/0?cluster=false', 'several hosts'],
    ['redis://:SECRET@a,b/2', 'only database 0'],
  ])('that is wrong is refused with the reason and without its secret: %s', (uri, reason) => {
    let message = '';
    try {
      parseRedisUri(uri);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain(reason);
    expect(message).toMatch(/^REDIS_URI /);
    expect(message).not.toContain('SECRET');
  });

  it('never shows a part of itself when it is refused', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        try {
          parseRedisUri(`redis://${before}HUNTER2${after}`);
        } catch (error) {
          expect((error as Error).message).not.toContain('HUNTER2');
        }
      }),
    );
  });
});
