import type { Handlers, ServiceContext } from '@lucid/service';
import type { Settings } from './config.ts';
import type { apiGateway } from './contract.ts';
import type { Gateway } from './gateway.ts';

const API_VERSION = 'v1';
const FEATURES = ['sessions', 'recording', 'proofs', 'anchoring', 'blocks'];

/** What the gateway answers itself. */
export const routes = (
  settings: Settings,
  gateway: Gateway,
  context: ServiceContext,
): Handlers<typeof apiGateway> => ({
  metaInfo: () => ({
    service_name: context.service,
    version: context.version,
    environment: settings.ENVIRONMENT,
    features: FEATURES,
  }),
  metaVersion: () => ({
    api_version: API_VERSION,
    gateway_version: context.version,
    supported_versions: [API_VERSION],
  }),
  loadBalancerStatus: async () => {
    const upstreams = await gateway.upstreams();
    const status = upstreams.every(({ healthy }) => healthy) ? ('healthy' as const) : ('degraded' as const);
    return { status, instance_id: context.instanceId, upstreams };
  },
});
