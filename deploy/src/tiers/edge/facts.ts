import type { Service } from '../../model/types.ts';
import type { EdgeAlgorithm } from './algorithms.ts';

/** The gateway's listener for strangers in a container; its own port stays for its own kind. */
export const GATEWAY_DOOR_PORT = 8081;
/** What the door listens on inside; above 1024, so that nobody needs a privilege for it. */
export const EDGE_PORTS = { http: 8080, https: 8443, internal: 8405 } as const;
/** Often: it is cheap, and who waits for the door waits for its first good answer. */
export const EDGE_PROBE = { startPeriodSeconds: 10, intervalSeconds: 5, timeoutSeconds: 3 } as const;
/** The secret with certificate and key in one PEM. Put your own file in its place. */
export const EDGE_CERTIFICATE = 'edge-certificate';
export const EDGE_CERTIFICATE_PATH = `/run/secrets/${EDGE_CERTIFICATE}`;

/**
 * Paths that are for the inside. The gateway refuses some of them at its own door as well; two locks, because the
 * gateway does not know what a later service will answer there.
 */
export const REFUSED_PATHS = ['/metrics', '/internal', '/api/v1/load-balancer/status'] as const;

/**
 * What one address may do at one door. Generous, as a whole office can be one address and the gateway counts every
 * user by himself: this stops floods. The variables change it without a new configuration (HAProxy).
 */
export const CLIENT_LIMITS = {
  requestsPer10s: { variable: 'EDGE_REQUESTS_PER_10S', value: 20_000 },
  connections: { variable: 'EDGE_CONNECTIONS_PER_CLIENT', value: 1000 },
} as const;

/** How long nothing may move in either direction. A recording of many GiB may take hours, but it keeps moving. */
export const IDLE_TIMEOUT = { variable: 'EDGE_IDLE_TIMEOUT', value: '5m' } as const;

/** What every kind of door is told. */
export interface EdgeFacts {
  /** DNS name of the gateways. */
  readonly gateway: string;
  readonly gatewayPort: number;
  /** Most replicas there can be: the scale range's end. */
  readonly mostReplicas: number;
  readonly healthPath: string;
  readonly algorithm: EdgeAlgorithm;
}

/** Reads them off the gateway's place in the graph. */
export function edgeFacts(gateway: Service, algorithm: EdgeAlgorithm): EdgeFacts {
  const check = gateway.probe?.check;
  return {
    gateway: gateway.name,
    gatewayPort: GATEWAY_DOOR_PORT,
    mostReplicas: gateway.scale.max,
    healthPath: check?.kind === 'http' ? check.path : '/health/ready',
    algorithm,
  };
}
