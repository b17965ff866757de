import { production as environment } from './environments.ts';
import type { Profile } from './profile.ts';

/** The scaling guide's replica counts. Its diagram lets the node and admin clusters begin at one. */
export const SCALED_REPLICAS = {
  'lucid-api-gateway': { replicas: 3 },
  'lucid-session-pipeline': { replicas: 5 },
  'lucid-session-recorder': { replicas: 3 },
  'lucid-chunk-processor': { replicas: 10 },
  'lucid-session-keys': { replicas: 2 }, // not of the guide: reading must go on while one is replaced
  'lucid-rdp-manager': { replicas: 2 },
  'lucid-xrdp': { replicas: 5 },
  'lucid-node-management': { replicas: 3 },
  'lucid-admin-interface': { replicas: 2 },
} as const satisfies Profile['services'];

/** Many of each on clustered stores. */
export const scale: Profile = {
  name: 'scale',
  description: 'the scaling guide: many replicas, MongoDB and Redis and Elasticsearch in clusters of three',
  environment,
  tiers: {
    mongodb: 'replica-set',
    redis: 'cluster',
    elasticsearch: 'cluster',
    edge: 'haproxy',
    edgeReplicas: 1,
    mesh: true,
    monitoring: true,
  },
  services: SCALED_REPLICAS,
};
