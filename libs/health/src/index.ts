export {
  type DependencyStatus,
  Health,
  type HealthCheck,
  type HealthOptions,
  type HealthReport,
} from './health.ts';
