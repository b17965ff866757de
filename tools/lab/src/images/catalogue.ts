import { alertmanager } from '../../images/alertmanager/image.ts';
import { busybox } from '../../images/busybox/image.ts';
import { consul } from '../../images/consul/image.ts';
import { elasticsearch } from '../../images/elasticsearch/image.ts';
import { elasticsearchExporter } from '../../images/elasticsearch-exporter/image.ts';
import { envoy } from '../../images/envoy/image.ts';
import { haproxy } from '../../images/haproxy/image.ts';
import { mongo } from '../../images/mongo/image.ts';
import { nginx } from '../../images/nginx/image.ts';
import { prometheus } from '../../images/prometheus/image.ts';
import { redis } from '../../images/redis/image.ts';
import { redisExporter } from '../../images/redis-exporter/image.ts';
import { squid } from '../../images/squid/image.ts';
import { LabError } from '../errors.ts';
import type { ImageDefinition } from './definition.ts';

/** Every image the lab can build, in the order it builds them. */
export const IMAGES: readonly ImageDefinition[] = [
  busybox,
  redis,
  haproxy,
  mongo,
  squid,
  prometheus,
  alertmanager,
  redisExporter,
  elasticsearchExporter,
  elasticsearch,
  nginx,
  consul,
  envoy,
];

/** The images of these names, all when none is given. @throws LabError USAGE for a name that is none */
export function imagesNamed(names: readonly string[]): readonly ImageDefinition[] {
  const unknown = names.find((name) => !IMAGES.some((image) => image.name === name));
  if (unknown !== undefined)
    throw new LabError(
      'USAGE',
      `no image ${unknown}; there are ${IMAGES.map((image) => image.name).join(', ')}`,
    );
  return IMAGES.filter((image) => names.length === 0 || names.includes(image.name));
}
