/** The door before the gateways: HAProxy, Traefik or nginx. It alone is published; the gateways are reached by it. */
import { extendSystem } from '../model/define-system.ts';
import { findService } from '../model/edges.ts';
import type { Service, System } from '../model/types.ts';
import type { EdgeAlgorithm } from './edge/algorithms.ts';
import type { Door } from './edge/door.ts';
import { EDGE_CERTIFICATE, EDGE_PORTS, edgeFacts } from './edge/facts.ts';
import { haproxyDoor } from './edge/haproxy-door.ts';
import { edgeLosses } from './edge/losses.ts';
import { nginxDoor } from './edge/nginx-door.ts';
import { traefikDoor } from './edge/traefik-door.ts';
import { networkOf } from './pieces.ts';

export type EdgeTier = 'none' | 'haproxy' | 'traefik' | 'nginx';

const GATEWAY = 'lucid-api-gateway';
const EDGE = 'lucid-edge';
const MOST_DOORS = 3;
const DOORS: Readonly<Record<Exclude<EdgeTier, 'none'>, Door>> = {
  haproxy: haproxyDoor,
  traefik: traefikDoor,
  nginx: nginxDoor,
};

/**
 * Puts a door before the gateways; the gateways themselves then publish nothing, and believe the door who calls.
 * @param replicas one to three; each counts limits for itself
 * @param algorithm how requests are shared; what a kind of door cannot do is in its shortfalls, and so among the losses
 */
export function withEdge(
  system: System,
  tier: EdgeTier,
  replicas: number,
  algorithm: EdgeAlgorithm = 'least-connections',
): System {
  const gateway = findService(system, GATEWAY);
  if (tier === 'none' || !gateway) return system;
  const door = DOORS[tier];
  const extended = extendSystem(system, (s) => {
    const certificate = s.secret(EDGE_CERTIFICATE, 'self-signed-pem');
    const builder = s
      .support(EDGE, {
        cluster: 'gateway',
        network: networkOf(system, 'lucid-network'),
        port: EDGE_PORTS.http,
        image: door.image,
      })
      .extraPort(undefined, EDGE_PORTS.https)
      .extraPort(undefined, EDGE_PORTS.internal)
      .publishedPort({ port: 80, target: EDGE_PORTS.http })
      .publishedPort({ port: 443, target: EDGE_PORTS.https })
      .publishedPort({ port: 8080, target: EDGE_PORTS.http }) // where the guides' scripts knock
      .secret('EDGE_CERTIFICATE', certificate)
      .reaches(GATEWAY)
      .startsAfter(GATEWAY)
      .scale(1, MOST_DOORS)
      .fallsShort(...edgeLosses(tier, algorithm))
      .memory({ expectedMiB: 60, heapMiB: 0 })
      .resources({ cpus: 1, memoryMiB: 512 }, { cpus: 0.1, memoryMiB: 64 });
    door.dress(builder, edgeFacts(gateway, algorithm));
  });
  return {
    ...extended,
    services: extended.services.map((service) => {
      if (service.name === GATEWAY) return behindDoor(service);
      return service.name === EDGE ? { ...service, replicas } : service;
    }),
  };
}

function behindDoor(gateway: Service): Service {
  return {
    ...gateway,
    publishes: gateway.publishes && { ...gateway.publishes, behindEdge: true },
    env: { ...gateway.env, TRUSTED_PROXY_HOPS: '1' },
  };
}
