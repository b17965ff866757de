import { counter, defineMetrics, gauge } from '@lucid/metrics';

export const metrics = defineMetrics({
  lucid_rate_limit_hits_total: counter({
    help: 'Requests refused because a limit was used up: public, authenticated, admin, login.',
    labels: ['tier'],
  }),
  lucid_gateway_feeds_open: gauge({ help: 'Live feeds that are open at this gateway.' }),
  lucid_gateway_owner_lookups_total: counter({
    help: 'Questions which recorder owns a session: found, moved (another one said so), unknown.',
    labels: ['result'],
  }),
});
