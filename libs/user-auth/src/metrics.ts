import { counter, defineMetrics, gauge } from '@lucid/metrics';

export const userAuthMetrics = defineMetrics({
  lucid_auth_token_validations_total: counter({
    help: 'Access tokens checked: ok, missing, expired, invalid, or unavailable while no keys are known.',
    labels: ['result'],
  }),
  lucid_revocation_feed_age_seconds: gauge({
    help: 'Time since the revocation feed last answered.',
  }),
  lucid_revocations_known: gauge({ help: 'Ended login sessions whose tokens could still be used.' }),
});
