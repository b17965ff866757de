/** Consul, Envoy and the controller that will steer them. The system runs without them; nobody is told to use them yet. */
import { extendSystem, type SystemPen } from '../model/define-system.ts';
import { findStore } from '../model/edges.ts';
import { images } from '../model/images.ts';
import type { Network, Service, System } from '../model/types.ts';
import { consulConfig } from './mesh/consul-config.ts';
import { ENVOY_PORTS, envoyConfig } from './mesh/envoy-config.ts';
import { routedServices } from './mesh/routed-services.ts';
import { networkOf } from './pieces.ts';

const NETWORK = 'lucid-network';
const CONSUL = { name: 'lucid-consul', port: 8500, dnsPort: 8600 } as const;
const ENVOY = 'lucid-envoy';
const CONTROLLER = { name: 'lucid-service-mesh-controller', port: 8107 } as const;
/**
 * It is to hold a list of services and no data, and its container stays at 256 MiB: so its heap is what Node's 96 MiB
 * beside the heap leave of them, less than other services have.
 */
const CONTROLLER_HEAP_MIB = 160;

/** Adds Consul, Envoy and the controller of the mesh, with configuration made from the graph. */
export function withMesh(system: System): System {
  const network = networkOf(system, NETWORK);
  const services = routedServices(system, NETWORK);
  return extendSystem(system, (s) => {
    drawConsul(s, network, services);
    drawEnvoy(s, network, services);
    drawController(s, network, system);
  });
}

function drawConsul(s: SystemPen, network: Network, services: readonly Service[]): void {
  const { name, port, dnsPort } = CONSUL;
  const configPath = '/etc/consul.d/lucid.json'; // not below /consul, which the image's entry point makes its own
  s.support(name, { cluster: 'mesh', network, port, image: images.consul })
    .extraPort(undefined, dnsPort, { protocol: 'udp' })
    .command(
      'consul',
      'agent',
      '-server',
      '-bootstrap-expect=1',
      '-ui',
      '-client=0.0.0.0',
      '-bind=127.0.0.1', // one server alone: nobody joins it, and it has no need to choose among several addresses
      '-data-dir=/consul/data',
      `-config-file=${configPath}`,
    )
    .config({ name: 'consul.json', mountPath: configPath, content: consulConfig(services) })
    .volume('lucid-consul-data', '/consul/data', { sizeGiB: 1 }) // a list of services
    .publishedPort({ host: '127.0.0.1', port, target: port })
    .publishedPort({ host: '127.0.0.1', port: dnsPort, target: dnsPort, protocol: 'udp' })
    .reaches(...services.map((service) => service.name))
    .probeBy({ kind: 'command', command: ['consul', 'members'] }, { startPeriodSeconds: 30 })
    .memory({ expectedMiB: 60, heapMiB: 0 })
    .resources({ cpus: 0.5, memoryMiB: 256 }, { cpus: 0.05, memoryMiB: 64 })
    .metricsAt(port, '/v1/agent/metrics?format=prometheus')
    .pinned();
}

function drawEnvoy(s: SystemPen, network: Network, services: readonly Service[]): void {
  const { proxy, status } = ENVOY_PORTS;
  const configPath = '/etc/envoy/envoy.yaml';
  s.support(ENVOY, { cluster: 'mesh', network, port: proxy, image: images.envoy })
    .extraPort(undefined, status)
    .command(
      'envoy',
      '-c',
      configPath,
      '--log-level',
      'warning',
      '--concurrency',
      '1',
      '--disable-hot-restart',
    )
    .config({ name: 'envoy.yaml', mountPath: configPath, content: envoyConfig(services) })
    .publishedPort({ host: '127.0.0.1', port: 9901, target: status }) // the guide's script asks there for /server_info
    .reaches(...services.map((service) => service.name))
    .startsAfter(CONSUL.name)
    .probeBy({ kind: 'http', path: '/ready', port: status }, { startPeriodSeconds: 30, intervalSeconds: 10 })
    .memory({ expectedMiB: 60, heapMiB: 0 })
    .resources({ cpus: 0.5, memoryMiB: 192 }, { cpus: 0.05, memoryMiB: 64 })
    .metricsAt(status, '/stats/prometheus');
}

function drawController(s: SystemPen, network: Network, system: System): void {
  const { name, port } = CONTROLLER;
  const controller = s
    .service(name, { cluster: 'mesh', network, port })
    .planned()
    .env({
      CONSUL_HTTP_ADDR: `http://${CONSUL.name}:${CONSUL.port}`,
      CONSUL_DATACENTER: 'lucid-dc',
      ENVOY_ADMIN_URL: `http://${ENVOY}:${ENVOY_PORTS.status}`,
    })
    .reaches(CONSUL.name, ENVOY)
    .startsAfter(CONSUL.name)
    .memory({ heapMiB: CONTROLLER_HEAP_MIB })
    .resources({ cpus: 0.25, memoryMiB: 256 }, { cpus: 0.05, memoryMiB: 128 });
  const mongo = findStore(system, 'lucid-mongodb');
  const redis = findStore(system, 'lucid-redis');
  if (mongo) controller.uses(mongo, 'lucid');
  if (redis) controller.uses(redis, '0', 'REDIS_URI');
}
