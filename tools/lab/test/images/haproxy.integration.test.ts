import { expect, it } from 'vitest';
import { get, pageServer } from './http.ts';
import { describeImages } from './images-here.ts';

const CONFIG = `
global
    stats socket /tmp/haproxy.sock mode 600 level admin
defaults
    mode http
    timeout connect 2s
    timeout client 10s
    timeout server 10s
resolvers engine
    nameserver dns 127.0.0.11:53
    hold valid 1s
frontend door
    bind :80
    default_backend pages
backend pages
    balance roundrobin
    option httpchk GET /
    server-template page 2 page:8080 check inter 200ms resolvers engine init-addr none
`;

await describeImages(['haproxy', 'busybox'], 'the image of HAProxy', (containers) => {
  it('finds servers by DNS, balances over them, leaves a dead one out, and finishes on its stop signal', async () => {
    const page = (name: string) =>
      containers().run(
        'lucid-lab/busybox:1.35',
        { name, flags: ['--network-alias', 'page'] },
        ...pageServer(name),
      );
    const [one] = [await page('one'), await page('two')];
    const files = { '/usr/local/etc/haproxy/haproxy.cfg': CONFIG };
    const haproxy = await containers().run('lucid-lab/haproxy:2.6', { name: 'edge', files, ports: [80] });
    const address = await haproxy.address(80);
    const seen = async () => {
      const texts = [await get(address, '/'), await get(address, '/')];
      return texts.map((text) => text.trim()).sort();
    };
    await expect.poll(seen, { timeout: 20_000 }).toEqual(['one', 'two']);
    await one.stop('SIGKILL');
    await expect.poll(seen, { timeout: 20_000 }).toEqual(['two', 'two']);
    expect((await haproxy.exec('id', '-u')).output).toBe('99');
    expect(await haproxy.stop()).toBe(0);
  }, 60_000);

  it('checks a configuration', async () => {
    const files = { '/bad.cfg': 'frontend x\n  nonsense\n' };
    const haproxy = await containers().run(
      'lucid-lab/haproxy:2.6',
      { name: 'check', files },
      '-c',
      '-f',
      '/bad.cfg',
    );
    await expect.poll(() => haproxy.logs()).toContain("unknown keyword 'nonsense'");
  });
});
