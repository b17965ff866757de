import { counter, defineMetrics, histogram } from '@lucid/metrics';

export const metrics = defineMetrics({
  lucid_auth_attempts_total: counter({
    help: 'Attempts to register or sign in: ok, refused, locked.',
    labels: ['method', 'result'],
  }),
  lucid_auth_refresh_total: counter({
    help: 'Refresh tokens presented: ok, invalid, reused.',
    labels: ['result'],
  }),
  lucid_auth_lockouts_total: counter({ help: 'E-mail addresses locked after too many wrong passwords.' }),
  lucid_auth_password_hash_seconds: histogram({
    help: 'Time to hash one password, waiting for a free slot not counted.',
    buckets: [0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 2],
  }),
});
