import { busybox } from '../../images/busybox/image.ts';
import { haproxy } from '../../images/haproxy/image.ts';
import { mongo } from '../../images/mongo/image.ts';
import { redis } from '../../images/redis/image.ts';
import { LabError } from '../errors.ts';
import type { ImageDefinition } from './definition.ts';

/** Every image the lab can build, in the order it builds them. */
export const IMAGES: readonly ImageDefinition[] = [busybox, redis, haproxy, mongo];

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
