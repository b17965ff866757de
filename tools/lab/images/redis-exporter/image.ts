import { debian12, type ImageDefinition } from '../../src/images/definition.ts';

/** redis_exporter 1.45 of Debian under the official name. */
export const redisExporter: ImageDefinition = {
  name: 'redis-exporter',
  tag: '1.45',
  standsFor: 'oliver006/redis_exporter:v1.55.0',
  variable: 'REDIS_EXPORTER_IMAGE',
  source: debian12('prometheus-redis-exporter=1.45.*'),
  pick: ['/usr/bin/prometheus-redis-exporter'],
  links: { '/redis_exporter': 'usr/bin/prometheus-redis-exporter' },
  run: { entrypoint: ['/redis_exporter'], user: '59000:59000', ports: [9121] },
};
