import { images } from '../../model/images.ts';
import type { Door } from './door.ts';
import { EDGE_PORTS, EDGE_PROBE } from './facts.ts';
import { TRAEFIK_PATHS, traefikConfig, traefikRoutes } from './traefik.ts';

export const traefikDoor: Door = {
  image: images.traefik,
  dress: (builder, facts) => {
    builder
      .config({ name: 'traefik.yml', mountPath: TRAEFIK_PATHS.fixed, content: traefikConfig() })
      .config({ name: 'traefik-routes.yml', mountPath: TRAEFIK_PATHS.routes, content: traefikRoutes(facts) })
      .command('traefik', `--configFile=${TRAEFIK_PATHS.fixed}`)
      .probeBy({ kind: 'http', path: '/ping', port: EDGE_PORTS.internal }, EDGE_PROBE)
      .metricsAt(EDGE_PORTS.internal);
  },
};
