import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { problemsOf } from '../../src/rules/index.ts';
import { system } from '../../src/system.ts';
import { withMesh } from '../../src/tiers/mesh.ts';
import { installed, suite } from './support/installed.ts';
import { configIn, serviceIn } from './support/systems.ts';

const meshed = withMesh(system);
const builtServices = system.services
  .filter(({ kind, status }) => kind === 'service' && status === 'built')
  .map(({ name, port }) => `${name}:${port}`);
/** Neither is a Debian 12 package: whoever has them says where, or has them on the path. */
const envoyProgram = process.env.ENVOY_BINARY ?? 'envoy';
const hasEnvoy = installed(envoyProgram, '--version');

describe('the mesh', () => {
  it('breaks no rule', () => {
    expect(problemsOf(meshed)).toEqual([]);
  });

  it('publishes to this machine alone, and never Envoy’s admin', () => {
    const added = meshed.services.filter(({ name }) => !system.services.some((known) => known.name === name));
    expect(added.map(({ name, status }) => [name, status])).toEqual([
      ['lucid-consul', 'built'],
      ['lucid-envoy', 'built'],
      ['lucid-service-mesh-controller', 'planned'],
    ]);
    const published = added.flatMap(({ publishedPorts }) => publishedPorts);
    expect(published.map(({ host, port, target }) => [host, port, target])).toEqual([
      ['127.0.0.1', 8500, 8500],
      ['127.0.0.1', 8600, 8600],
      ['127.0.0.1', 9901, 9902],
    ]);
    expect(parse(configIn(meshed, 'envoy.yaml')).admin.address.socket_address.address).toBe('127.0.0.1');
  });

  it('routes by name to every built service and to nobody else', () => {
    const { listeners, clusters } = parse(configIn(meshed, 'envoy.yaml')).static_resources;
    const targets = clusters
      .filter(({ type }: { type: string }) => type === 'STRICT_DNS')
      .map(
        (cluster: {
          load_assignment: {
            endpoints: {
              lb_endpoints: {
                endpoint: { address: { socket_address: { address: string; port_value: number } } };
              }[];
            }[];
          };
        }) => {
          const address =
            cluster.load_assignment.endpoints[0]?.lb_endpoints[0]?.endpoint.address.socket_address;
          return `${address?.address}:${address?.port_value}`;
        },
      );
    expect(targets).toEqual(builtServices);
    const proxy = listeners[0].filter_chains[0].filters[0].typed_config.route_config.virtual_hosts;
    expect(proxy.map(({ domains }: { domains: string[] }) => domains[0])).toEqual(
      builtServices.map((service) => service.split(':')[0]),
    );
  });

  it('lets the outside ask Envoy’s admin three questions and no more', () => {
    const status = parse(configIn(meshed, 'envoy.yaml')).static_resources.listeners[1];
    const routes = status.filter_chains[0].filters[0].typed_config.route_config.virtual_hosts[0].routes;
    expect(routes.map(({ match }: { match: { path: string } }) => match.path)).toEqual([
      '/ready',
      '/stats/prometheus',
      '/server_info',
    ]);
  });

  it('tells Consul of the same services, with cluster and plane', () => {
    const { services } = JSON.parse(configIn(meshed, 'consul.json'));
    expect(services.map(({ name, port }: { name: string; port: number }) => `${name}:${port}`)).toEqual(
      builtServices,
    );
    expect(services.find(({ name }: { name: string }) => name === 'lucid-blockchain-engine').tags).toEqual([
      'cluster:chain',
      'plane:chain',
    ]);
  });

  it('is drawn as edges too, so that network policies let it through', () => {
    const names = builtServices.map((service) => service.split(':')[0]);
    expect(serviceIn(meshed, 'lucid-envoy').reaches).toEqual(names);
    expect(serviceIn(meshed, 'lucid-consul').reaches).toEqual(names);
  });
});

describe.skipIf(!hasEnvoy)(suite('Envoy', 'envoy', hasEnvoy), () => {
  it('accepts its configuration', () => {
    const dir = mkdtempSync(join(tmpdir(), 'lucid-envoy-'));
    const path = join(dir, 'envoy.yaml');
    writeFileSync(path, configIn(meshed, 'envoy.yaml'));
    const { status, stderr } = spawnSync(envoyProgram, ['--mode', 'validate', '-c', path], {
      encoding: 'utf8',
    });
    rmSync(dir, { recursive: true });
    expect(status, stderr).toBe(0);
  });
});
