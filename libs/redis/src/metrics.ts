import { counter, defineMetrics, gauge } from '@lucid/metrics';

export const metrics = defineMetrics({
  lucid_redis_up: gauge({
    help: 'Whether replicas share what Redis holds (1) or each goes without (0); absent without REDIS_URI.',
  }),
  lucid_redis_fallbacks_total: counter({
    help: 'Commands done without Redis: failed (the one that found out), down (refused at once until it is back).',
    labels: ['reason'],
  }),
});
