import type { Service } from '../../model/types.ts';

/** `redis` of `docker.io/library/redis:7.2-alpine`; undefined for our own images. */
export function foreignProgram({ image }: Service): string | undefined {
  if (image.ours) return undefined;
  return image.reference.split('/').at(-1)?.split(/[:@]/)[0];
}
