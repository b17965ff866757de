import { calledName } from '../../../model/edges.ts';
import { images } from '../../../model/images.ts';
import type { System } from '../../../model/types.ts';
import { MONITORING } from '../names.ts';
import { watchedServices } from '../scrape-jobs.ts';
import { chain } from './chain.ts';
import type { Dashboard } from './dashboard.ts';
import { edge } from './edge.ts';
import { gateway } from './gateway.ts';
import { overview } from './overview.ts';
import { sessions } from './sessions.ts';
import { stores } from './stores.ts';

/** The overview and one per cluster that has something to show. */
export function dashboardsOf(system: System): Dashboard[] {
  const watched = watchedServices(system, MONITORING.network);
  const has = (part: string) => watched.some((service) => calledName(service).includes(part));
  const validators = watched.filter((service) => calledName(service) === 'lucid-blockchain-engine').length;
  const isHaproxy = watched.some(
    ({ name, image }) => name === 'lucid-edge' && image.reference === images.haproxy.reference,
  );
  return [
    overview,
    isHaproxy ? edge : undefined,
    has('api-gateway') ? gateway : undefined,
    validators > 0 ? chain(validators) : undefined,
    has('session-recorder') ? sessions : undefined,
    stores(has),
  ].filter((each) => each !== undefined);
}
