import type { Service } from '../../model/types.ts';

/** What tools that look at the engine find on every service; all names begin with `lucid.`. */
export function labelsOf(service: Service, profile: string): Labels {
  return {
    'lucid.service': service.name,
    'lucid.kind': service.kind,
    'lucid.cluster': service.cluster,
    'lucid.plane': service.plane,
    'lucid.status': service.status,
    'lucid.profile': profile,
  };
}

export interface Labels {
  'lucid.service': string;
  'lucid.kind': Service['kind'];
  'lucid.cluster': string;
  'lucid.plane': string;
  'lucid.status': Service['status'];
  'lucid.profile': string;
}
