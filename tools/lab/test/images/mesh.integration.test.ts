import { expect, it } from 'vitest';
import { get, pageServer } from './http.ts';
import { describeImages } from './images-here.ts';

const ENVOY = `
static_resources:
  listeners:
    - address: { socket_address: { address: 0.0.0.0, port_value: 10000 } }
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: door
                http_filters:
                  - name: envoy.filters.http.router
                    typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                route_config:
                  virtual_hosts:
                    - { name: all, domains: ["*"], routes: [{ match: { prefix: / }, route: { cluster: page } }] }
  clusters:
    - name: page
      type: STRICT_DNS
      dns_refresh_rate: 1s
      load_assignment:
        cluster_name: page
        endpoints:
          - lb_endpoints: [{ endpoint: { address: { socket_address: { address: page, port_value: 8080 } } } }]
`;
const PATIENCE = { timeout: 60_000, interval: 200 };

await describeImages(['consul', 'envoy', 'busybox'], 'the images for a mesh', (containers) => {
  it('Consul elects itself, keeps values and answers names of services, not as root', async () => {
    const environment = {
      CONSUL_LOCAL_CONFIG: '{"service":{"name":"page","port":8080,"address":"10.1.2.3"}}',
    };
    const consul = await containers().run(
      'lucid-lab/consul:1.8.7',
      { name: 'consul', environment, ports: [8500] },
      ...['agent', '-server', '-bootstrap-expect=1', '-client=0.0.0.0', '-ui'],
    );
    const address = await consul.address(8500);
    const leader = () => get(address, '/v1/status/leader').catch(String);
    await expect.poll(leader, PATIENCE).toMatch(/^"\d.*:8300"$/);
    await fetch(`http://${address}/v1/kv/colour`, { method: 'PUT', body: 'green' });
    expect(await get(address, '/v1/kv/colour?raw')).toBe('green');
    const lookup = async () =>
      (await consul.exec('nslookup', 'page.service.consul', '127.0.0.1:8600')).output;
    await expect.poll(lookup, PATIENCE).toContain('10.1.2.3');
    expect((await consul.exec('stat', '-c', '%U', '/proc/1')).output).toBe('consul');
    expect(await consul.stop()).toBe(1); // as Consul's servers do, which do not leave when they are stopped
    expect(await consul.logs()).toContain('shutdown complete');
  }, 90_000);

  it('Envoy finds its backend by DNS and proxies to it, not as root', async () => {
    await containers().run('lucid-lab/busybox:1.35', { name: 'page' }, ...pageServer('behind'));
    const files = { '/etc/envoy/envoy.yaml': ENVOY };
    const envoy = await containers().run('lucid-lab/envoy:1.40', { name: 'envoy', files, ports: [10000] });
    const address = await envoy.address(10000);
    await expect.poll(() => get(address, '/').catch(String), PATIENCE).toBe('behind\n');
    expect((await envoy.exec('stat', '-c', '%U', '/proc/1')).output).toBe('envoy');
    expect(await envoy.stop()).toBe(0);
  }, 90_000);
});
