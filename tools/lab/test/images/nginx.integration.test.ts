import { expect, it } from 'vitest';
import { get, pageServer } from './http.ts';
import { describeImages } from './images-here.ts';

const CONFIG = 'server { listen 8081; location / { proxy_pass http://page:8080; } }\n';

await describeImages(['nginx', 'busybox'], 'the image of nginx', (containers) => {
  it('serves its page, proxies by a configuration of ours, logs to the outside, and finishes on its stop signal', async () => {
    await containers().run('lucid-lab/busybox:1.35', { name: 'page' }, ...pageServer('behind'));
    const files = { '/etc/nginx/conf.d/proxy.conf': CONFIG };
    const nginx = await containers().run('lucid-lab/nginx:1.22', { name: 'door', files, ports: [80, 8081] });
    const own = await nginx.address(80);
    await expect.poll(() => get(own, '/').catch(String), { timeout: 20_000 }).toContain('nginx answers');
    expect(await get(await nginx.address(8081), '/')).toBe('behind\n');
    expect((await nginx.exec('curl', '-sf', 'http://127.0.0.1/')).output).toContain('nginx answers');
    await expect.poll(() => nginx.logs()).toContain('"GET / HTTP/1.1" 200');
    expect((await nginx.exec('ps')).output).toMatch(/^ *\d+ nginx +.*worker process/m);
    expect(await nginx.stop()).toBe(0);
  }, 60_000);
});
