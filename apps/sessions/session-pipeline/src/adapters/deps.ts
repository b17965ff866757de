import type { Clients } from './clients.ts';
import type { Driver } from './driver.ts';
import type { Pipelines } from './pipelines.ts';
import type { LiveSettings } from './settings.ts';

/** What `connect` opens for the routes. */
export interface Deps {
  pipelines: Pipelines;
  driver: Driver;
  clients: Clients;
  settings: LiveSettings;
}
