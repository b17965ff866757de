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
  const has = (part: string) => watched.some(({ name }) => name.includes(part));
  const isHaproxy = watched.some(
    ({ name, image }) => name === 'lucid-edge' && image.reference === images.haproxy.reference,
  );
  return [
    overview,
    isHaproxy ? edge : undefined,
    has('api-gateway') ? gateway : undefined,
    has('blockchain-engine') ? chain : undefined,
    has('session-recorder') ? sessions : undefined,
    stores(has),
  ].filter((each) => each !== undefined);
}
