import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import { identify } from '../../images/app/instance.mjs';

const address = (text: string, internal = false): NetworkInterfaceInfo => ({
  address: text,
  family: 'IPv4',
  internal,
  netmask: '255.255.0.0',
  mac: '00:00:00:00:00:00',
  cidr: `${text}/16`,
});
const ipv6: NetworkInterfaceInfo = { ...address('fe80::1'), family: 'IPv6', scopeid: 0 };
const interfaces = {
  lo: [address('127.0.0.1', true)],
  eth0: [ipv6, address('172.18.0.4')],
  eth1: [address('172.20.0.9')],
};
const defaults = { SERVICE_NAME: 'lucid-auth-service', PORT: '8089' };
const identityIn = (environment: Record<string, string>, given = interfaces as typeof interfaces | object) =>
  identify({ environment, defaults, hostname: '3f2a', interfaces: given as typeof interfaces });

describe('the name of an instance', () => {
  test('is the service and the host where nobody has given one', () => {
    expect(identityIn({}).environment.INSTANCE_ID).toBe('lucid-auth-service-3f2a');
    expect(identityIn({ SERVICE_NAME: 'other' }).environment.INSTANCE_ID).toBe('other-3f2a');
    expect(identityIn({ INSTANCE_ID: '' }).environment.INSTANCE_ID).toBe('lucid-auth-service-3f2a');
  });

  test('is left alone where somebody has', () => {
    expect(identityIn({ INSTANCE_ID: 'mine' }).environment).not.toHaveProperty('INSTANCE_ID');
  });
});

describe('the advertised address', () => {
  test('is the first that others can reach, or the one inside ADVERTISED_NETWORK', () => {
    expect(identityIn({}).environment.ADVERTISED_ADDRESS).toBe('172.18.0.4:8089');
    expect(identityIn({ ADVERTISED_NETWORK: '172.20.0.0/16' }).environment.ADVERTISED_ADDRESS).toBe(
      '172.20.0.9:8089',
    );
    expect(identityIn({ ADVERTISED_NETWORK: '0.0.0.0/0', PORT: '1' }).environment).toEqual({
      SERVICE_NAME: 'lucid-auth-service',
      PORT: '1',
      INSTANCE_ID: 'lucid-auth-service-3f2a',
      ADVERTISED_ADDRESS: '172.18.0.4:1',
    });
  });

  test('counts every bit of the network', () => {
    const chosen = (network: string) =>
      identityIn({ ADVERTISED_NETWORK: network }).environment.ADVERTISED_ADDRESS;
    expect(chosen('172.20.0.8/31')).toBe('172.20.0.9:8089');
    expect(chosen('172.20.0.9/32')).toBe('172.20.0.9:8089');
    expect(chosen('172.20.0.10/31')).toBeUndefined();
  });

  test('is left alone where somebody has given it, and where there is no port', () => {
    expect(identityIn({ ADVERTISED_ADDRESS: 'a:1' }, {})).toEqual({
      environment: { ...defaults, INSTANCE_ID: 'lucid-auth-service-3f2a' },
    });
    const job = identify({ environment: {}, defaults: {}, hostname: 'h', interfaces: {} });
    expect(job).toEqual({ environment: { INSTANCE_ID: 'lucid-h' } });
  });

  test('that cannot be had forbids the start, with what there is', () => {
    expect(identityIn({ ADVERTISED_NETWORK: '10.1.0.0/16' }).problem).toBe(
      'no address to advertise: the container has 172.18.0.4, 172.20.0.9, none in ADVERTISED_NETWORK 10.1.0.0/16',
    );
    expect(identityIn({}, { lo: interfaces.lo }).problem).toContain('has no IPv4 address');
    for (const bad of ['172.20.0.0', '172.20.0.0/33', '172.300.0.0/16', 'fd00::/8'])
      expect(identityIn({ ADVERTISED_NETWORK: bad }).problem).toBe(
        `ADVERTISED_NETWORK is no IPv4 network: ${bad}`,
      );
  });
});
