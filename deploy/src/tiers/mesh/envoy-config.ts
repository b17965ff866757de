import { stringify } from 'yaml';
import type { Service } from '../../model/types.ts';
import { envoyCluster } from './envoy-cluster.ts';

/**
 * `proxy`: for services, by `Host`. `admin`: on the container's own loopback alone, as it can shut Envoy down.
 * `status`: the two questions of `admin` that harm nobody, for probes and Prometheus.
 */
export const ENVOY_PORTS = { proxy: 10_000, admin: 9901, status: 9902 } as const;

const TYPES = 'type.googleapis.com/envoy.extensions';
const ADMIN_CLUSTER = 'envoy-admin';

/** Envoy's static bootstrap: one cluster and one virtual host per service of the graph. */
export function envoyConfig(services: readonly Service[]): string {
  const bootstrap = {
    admin: { address: address('127.0.0.1', ENVOY_PORTS.admin) },
    static_resources: {
      listeners: [
        listener('proxy', ENVOY_PORTS.proxy, services.map(virtualHost)),
        listener('status', ENVOY_PORTS.status, [
          {
            name: 'status',
            domains: ['*'],
            routes: ['/ready', '/stats/prometheus', '/server_info'].map((path) => ({
              match: { path },
              route: { cluster: ADMIN_CLUSTER },
            })),
          },
        ]),
      ],
      clusters: [...services.map(envoyCluster), adminCluster()],
    },
  };
  return stringify(bootstrap, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Told apart by the name that is called; streams may last as long as something moves in them. */
function virtualHost({ name }: Service) {
  return {
    name,
    domains: [name, `${name}:*`],
    routes: [
      {
        match: { prefix: '/' },
        route: {
          cluster: name,
          timeout: '0s',
          idle_timeout: '300s',
          retry_policy: { retry_on: 'connect-failure,refused-stream', num_retries: 2 },
        },
      },
    ],
  };
}

function listener(name: string, port: number, virtualHosts: readonly object[]) {
  return {
    name,
    address: address('0.0.0.0', port),
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: {
              '@type': `${TYPES}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
              stat_prefix: name,
              use_remote_address: false,
              request_headers_timeout: '15s',
              upgrade_configs: [{ upgrade_type: 'websocket' }],
              route_config: { name, virtual_hosts: virtualHosts },
              http_filters: [
                {
                  name: 'envoy.filters.http.router',
                  typed_config: { '@type': `${TYPES}.filters.http.router.v3.Router` },
                },
              ],
            },
          },
        ],
      },
    ],
  };
}

function adminCluster() {
  return {
    name: ADMIN_CLUSTER,
    type: 'STATIC',
    connect_timeout: '0.25s',
    load_assignment: {
      cluster_name: ADMIN_CLUSTER,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: address('127.0.0.1', ENVOY_PORTS.admin) } }] }],
    },
  };
}

function address(host: string, port: number) {
  return { socket_address: { address: host, port_value: port } };
}
