import type { Instruments } from '@lucid/metrics';
import type { Outcomes } from '../domain/ports.ts';
import type { metrics } from '../metrics.ts';

/** Tells the metrics how the use cases end. */
export const countedOutcomes = (instruments: Instruments<(typeof metrics)['definitions']>): Outcomes => ({
  attempt: (method, result) => instruments.lucid_auth_attempts_total.inc({ method, result }),
  refresh: (result) => instruments.lucid_auth_refresh_total.inc({ result }),
  lockout: () => instruments.lucid_auth_lockouts_total.inc(),
});
