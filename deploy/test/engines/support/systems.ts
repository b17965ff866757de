// The tiny system with an image for each service, under two profiles: as it is, and as `autoscale`, where the cluster
// owns the number of replicas.
import { images, ownImage } from '../../../src/model/images.ts';
import type { System } from '../../../src/model/types.ts';
import type { Profile } from '../../../src/profiles/profile.ts';
import { profiles as ofTiny, system as tiny } from '../../fixtures/system.ts';

export const system: System = {
  ...tiny,
  services: tiny.services.map((service) =>
    service.kind === 'store'
      ? { ...service, image: images.mongo, placement: 'data' as const }
      : { ...service, image: ownImage(service.name.replace('lucid-', '')) },
  ),
};
export const profiles: Readonly<Record<string, Profile>> = {
  ...ofTiny,
  autoscale: { ...ofTiny.tiny, name: 'autoscale', services: { 'lucid-tiny-left': { replicas: 4 } } },
};
export const modulePath = import.meta.filename;
