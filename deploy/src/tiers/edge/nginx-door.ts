import { images } from '../../model/images.ts';
import type { Door } from './door.ts';
import { EDGE_PORTS, EDGE_PROBE } from './facts.ts';
import { NGINX_CONFIG_PATH, NGINX_START, nginxConfig } from './nginx.ts';

/** It tells nothing in Prometheus' format, so it is not among those that are asked. */
export const nginxDoor: Door = {
  image: images.nginx,
  dress: (builder, facts) => {
    builder
      .config({ name: 'nginx.conf', mountPath: NGINX_CONFIG_PATH, content: nginxConfig(facts) })
      .command('sh', '-c', NGINX_START)
      .probeBy({ kind: 'http', path: '/health', port: EDGE_PORTS.internal }, EDGE_PROBE);
  },
};
