import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { pageServer } from './http.ts';
import { describeImages } from './images-here.ts';

const CONFIG = `http_port 3128
acl CONNECT method CONNECT
acl good_port port 8080
acl allowed dstdomain allowed
http_access allow CONNECT good_port allowed
http_access deny all
cache deny all
access_log stdio:/dev/stdout
cache_log stdio:/dev/stderr
pid_filename /tmp/squid.pid
coredump_dir /tmp
shutdown_lifetime 1 seconds
`;

async function firstText(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [data] = await once(socket, 'data', { signal: AbortSignal.timeout(10_000) });
  return String(data);
}

await describeImages(['squid', 'busybox'], 'the image of Squid', (containers) => {
  it('opens a tunnel to the allowed host and port, to nothing else, without root', async () => {
    const page = (name: string) => containers().run('lucid-lab/busybox:1.35', { name }, ...pageServer(name));
    await Promise.all([page('allowed'), page('other')]);
    const flags = ['--user', '13:13', '--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL'];
    const files = { '/etc/squid/squid.conf': CONFIG };
    const squid = await containers().run('lucid-lab/squid:5.7', {
      name: 'proxy',
      files,
      flags,
      ports: [3128],
    });
    const [host, port] = (await squid.address(3128)).split(':');
    const ask = async (target: string): Promise<{ line: string; socket: Socket }> => {
      const socket = connect(Number(port), host);
      const answer = await firstText(socket, `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
      return { line: answer.split('\r\n')[0] ?? '', socket };
    };
    await expect.poll(() => squid.logs(), { timeout: 20_000 }).toContain('Accepting HTTP Socket connections');
    const open = await ask('allowed:8080');
    expect(open.line).toBe('HTTP/1.1 200 Connection established');
    expect(await firstText(open.socket, 'GET / HTTP/1.0\r\n\r\n')).toContain('200 OK');
    open.socket.destroy();
    for (const target of ['other:8080', 'allowed:9999', '127.0.0.1:8080']) {
      const refused = await ask(target);
      expect(refused.line, target).toBe('HTTP/1.1 403 Forbidden');
      refused.socket.destroy();
    }
    await expect.poll(() => squid.logs()).toMatch(/TCP_DENIED\/403 .* CONNECT other:8080/);
    expect(await squid.stop()).toBe(0);
  }, 60_000);
});
