import { Count, contract, OneOf, Strict } from '@lucid/contracts';
import { Type } from 'typebox';

const Text = Type.String();

export const UpstreamState = Strict({
  service: Text,
  instances: Count,
  /** False while its breaker is open or it has no instance. */
  healthy: Type.Boolean(),
  circuit: OneOf(['closed', 'open', 'half_open']),
});

/** What the gateway answers itself; everything else belongs to the services behind it. */
export const apiGateway = contract('lucid-api-gateway', 'API gateway', {
  metaInfo: {
    method: 'GET',
    path: '/api/v1/meta/info',
    summary: 'What this is.',
    access: 'public',
    replies: {
      200: Strict({
        service_name: Text,
        version: Text,
        environment: Text,
        features: Type.Array(Text),
      }),
    },
  },
  metaVersion: {
    method: 'GET',
    path: '/api/v1/meta/version',
    summary: 'Versions of the API.',
    access: 'public',
    replies: {
      200: Strict({ api_version: Text, gateway_version: Text, supported_versions: Type.Array(Text) }),
    },
  },
  loadBalancerStatus: {
    method: 'GET',
    path: '/api/v1/load-balancer/status',
    summary: 'How many instances of each service this gateway sees; inside only.',
    access: 'open',
    replies: {
      200: Strict({
        status: OneOf(['healthy', 'degraded']),
        instance_id: Text,
        upstreams: Type.Array(UpstreamState),
      }),
    },
  },
});
